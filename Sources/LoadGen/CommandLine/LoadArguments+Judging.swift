internal import ToolSupport

extension LoadArguments {
  func setJudging(_ plan: inout LoadPlan) throws(ToolFailure) {
    if let text = judging.validate {
      guard let mode = ValidationMode(rawValue: text) else {
        throw OptionText.refusal("--validate", text, "choose full, compare, frame or off")
      }
      plan.validation = mode
    }
    if let size: ByteSize = try OptionText.value(
      judging.referenceMemory, "--reference-memory", else: "not a size; write it like 256MiB")
    {
      plan.referenceMemory = size
    }
    plan.expectations = try expectations()
    try refuseUnjudged(plan)
  }

  private func expectations() throws(ToolFailure) -> Expectations {
    var expected = Expectations()
    if let text = judging.expect {
      guard text == "gzip" else {
        throw OptionText.refusal(
          "--expect", text, "only gzip can be expected; see also --expect-status, -header, -sha256 and -length")
      }
      expected.gzip = true
    }
    if let text = judging.expectStatus { expected.statuses = try StatusList.parse(text) }
    for text in judging.expectHeaders {
      let header = try HeaderText.parse(text, option: "--expect-header")
      expected.headers.append((name: header.name, value: header.value))
    }
    if let text = judging.expectSHA256 {
      guard text.utf8.count == 64, text.utf8.allSatisfy(Self.isHexadecimal) else {
        throw OptionText.refusal("--expect-sha256", text, "must be 64 hexadecimal digits")
      }
      expected.sha256 = text.lowercased()
    }
    let length: ByteSize? = try OptionText.value(
      judging.expectLength, "--expect-length", else: "not a length; write it in bytes, or like 64KiB")
    expected.length = length?.bytes
    return expected
  }

  /// An expectation that the chosen validation can never test would pass for ever.
  private func refuseUnjudged(_ plan: LoadPlan) throws(ToolFailure) {
    if plan.method == "HEAD" {
      for (option, isGiven) in [
        ("--expect gzip", plan.expectations.gzip), ("--expect-sha256", plan.expectations.sha256 != nil),
        ("--expect-length", plan.expectations.length != nil),
      ] where isGiven {
        throw .usage("\(option): the answer to a HEAD has no body to judge; use GET, or --expect-header")
      }
    }
    guard plan.expectations.gzip, plan.validation == .off || plan.validation == .frame else { return }
    throw .usage("--expect gzip: needs --validate full or compare, not \(plan.validation.rawValue)")
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
