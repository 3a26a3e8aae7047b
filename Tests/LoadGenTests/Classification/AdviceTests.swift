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
    let own = TransportOutcome.allCases.map {
      Advice.text(transport: $0, seen: .init(detail: "curl said", status: 200, bytes: 1))
    }
    expectOneLine(own)
    #expect(own.filter { $0.contains("curl said") }.count == 2)
    let conflict = Advice.text(transport: .protocolError, seen: .init(detail: "x", hasConflict: true))
    #expect(conflict.contains("Transfer-Encoding"))
  }

  /// The same outcome means another thing where the head came and nothing else, or not even that.
  @Test(
    arguments: [
      (TransportOutcome.cut, Advice.Seen(), "hung up without an answer"),
      (.cut, Advice.Seen(status: 200, version: "1.1", bytes: 9), "died or hung up midway"),
      (.cut, Advice.Seen(status: 200, version: "2", bytes: 9), "--http1.1"),
      (.stalled, Advice.Seen(status: 200), "empty streamed response"),
      (.stalled, Advice.Seen(status: 200, bytes: 9), "the sender hangs"),
      (.timeout, Advice.Seen(status: 200), "empty streamed response"),
      (.timeout, Advice.Seen(status: 200, bytes: 20 << 20, isBandwidthCapped: true), "2 MB/s"),
      (.timeout, Advice.Seen(), "longer than --max-time"),
    ] as [(TransportOutcome, Advice.Seen, String)])
  func whatWasSeenDecides(outcome: TransportOutcome, seen: Advice.Seen, words: String) {
    let text = Advice.text(transport: outcome, seen: seen)
    #expect(text.contains(words), "\(text)")
    expectOneLine([text])
  }

  @Test func everyCauseHasOneLineOfItsOwn() { expectOneLine(FailureCause.allCases.map { Advice.text(cause: $0) }) }
}
