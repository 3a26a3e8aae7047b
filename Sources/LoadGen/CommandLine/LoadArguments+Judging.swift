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
    if let limit = try OptionText.duration(judging.slowStart, "--slow-start") { plan.pauseLimits.slowStart = limit }
    if let limit = try OptionText.duration(judging.silentGap, "--silent-gap") { plan.pauseLimits.silentGap = limit }
    plan.expectations = try expectations()
    try refuseUnjudged(plan)
    try setThresholds(&plan)
    try setWatch(&plan)
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
    expected.sha256 = try Self.digest(judging.expectSHA256, "--expect-sha256")
    expected.length = try Self.length(judging.expectLength, "--expect-length")
    expected.decodedSHA256 = try Self.digest(judging.expectDecodedSHA256, "--expect-sha256-decoded")
    expected.decodedLength = try Self.length(judging.expectDecodedLength, "--expect-length-decoded")
    return expected
  }

  private static func digest(_ text: String?, _ option: String) throws(ToolFailure) -> String? {
    guard let text else { return nil }
    guard text.utf8.count == 64, text.utf8.allSatisfy(isHexadecimal) else {
      throw OptionText.refusal(option, text, "must be 64 hexadecimal digits")
    }
    return text.lowercased()
  }

  private static func length(_ text: String?, _ option: String) throws(ToolFailure) -> Int64? {
    let length: ByteSize? = try OptionText.value(
      text, option, else: "not a length; write it in bytes, or like 64KiB")
    return length?.bytes
  }

  /// An expectation that the chosen validation can never test would pass for ever.
  private func refuseUnjudged(_ plan: LoadPlan) throws(ToolFailure) {
    let expected = plan.expectations
    let ofBodies = [
      ("--expect gzip", expected.gzip), ("--expect-sha256", expected.sha256 != nil),
      ("--expect-length", expected.length != nil), ("--expect-sha256-decoded", expected.decodedSHA256 != nil),
      ("--expect-length-decoded", expected.decodedLength != nil),
    ].filter(\.1)
    if !plan.expectsBodies, let (option, _) = ofBodies.first {
      throw .usage("\(option): the answer to a HEAD has no body to judge; use GET, or --expect-header")
    }
    guard expected.needsInflating, !plan.validation.inflates else { return }
    let option = ofBodies.first { $0.0 == "--expect gzip" || $0.0.hasSuffix("decoded") }?.0 ?? "--expect"
    throw .usage("\(option): needs --validate full or compare, not \(plan.validation.rawValue)")
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
