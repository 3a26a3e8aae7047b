import Testing

@testable import LoadGen

@Suite struct AdviceTests {
  private func expectOneLine(_ texts: [String]) {
    for text in texts {
      #expect(!text.isEmpty)
      #expect(!text.contains("\n"))
      #expect(text.count <= 160, "\(text)")
      #expect(text.last != ".")
    }
    #expect(Set(texts).count == texts.count)
  }

  @Test func everyVerdictHasOneLineOfItsOwn() { expectOneLine(Verdict.allCases.map { Advice.text(verdict: $0) }) }

  @Test func everyTransportHasOneLineOfItsOwn() {
    expectOneLine(TransportOutcome.allCases.map { Advice.text(transport: $0) })
    let own = TransportOutcome.allCases.map { Advice.text(transport: $0, detail: "curl said", conflict: false) }
    expectOneLine(own)
    #expect(own.filter { $0.contains("curl said") }.count == 2)
    #expect(Advice.text(transport: .protocolError, detail: "x", conflict: true).contains("Transfer-Encoding"))
  }

  @Test func everyCauseHasOneLineOfItsOwn() { expectOneLine(FailureCause.allCases.map { Advice.text(cause: $0) }) }

  /// Bytes, seconds, the second when 6 MiB were there, and whether that is Lambda's cap.
  @Test(arguments: [
    (Int64(26_291_456), 11.0, Optional(1.0), true),
    (26_291_456, 10.5, 0.5, true),
    (26_291_456, 11.0, nil, false),
    (26_291_456, 3.0, 1.0, false),
    (26_291_456, 41.0, 1.0, false),
    (26_291_456, 13.1, 3.1, false),
    (8_000_000, 1.8, 1.0, false),
    (26_291_456, 1.0, 1.0, false),
    (0, 0, 0, false),
  ])
  func aSteadyTwoMegabytesASecondIsTheCap(bytes: Int64, seconds: Double, burst: Double?, capped: Bool) {
    #expect(BandwidthCap.isCapped(bytes: bytes, seconds: seconds, burstSeconds: burst) == capped)
  }
}
