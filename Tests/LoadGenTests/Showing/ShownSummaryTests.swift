import Testing

@testable import LoadGen

@Suite struct ShownSummaryTests {
  /// A body that was cut has no end either, and an accepted status is no failure.
  @Test func aFailedStreamIsNamedOnce() {
    var snapshot = Snapshot()
    (snapshot.counters.streams, snapshot.counters.ok, snapshot.counters.failed) = (12, 4, 8)
    (snapshot.counters.transport[.cut], snapshot.counters.verdicts[.truncated]) = (6, 6)
    snapshot.counters.status = [200: 6, 404: 4, 502: 2]
    var causes = EnumCounts<FailureCause>()
    causes[.functionError] = 2
    snapshot.counters.causes[502] = causes
    var summary = ShownSummary(title: "replay of r", snapshot: snapshot)
    summary.accepted = [200...200, 404...404]
    let lines = summary.text().split(separator: "\n")
    #expect(lines.contains("failures     6 cut") && lines.contains("             2 502 function_error"))
    #expect(!summary.text().contains("truncated") && !summary.text().contains("404"))
    #expect(summary.text().contains(Advice.text(cause: .functionError).prefix(20)))
  }

  /// A replay says of a threshold what the run's own summary said, and a note once.
  @Test func theLastWordIsTheReports() {
    var snapshot = Snapshot()
    snapshot.notices = ["told while it ran", "both"]
    var summary = ShownSummary(title: "replay of r", snapshot: snapshot)
    let conditions = [("stream_failed:rate == 0", 1.0), ("stream_ttfb:p(99) < 10ms", 0.0125), ("what is this", 7.5)]
    summary.final = RecordFinal(
      sample: RecordSample(at: 1), interrupted: false,
      thresholds: conditions.map { RecordFinal.Condition(expression: $0.0, value: $0.1, passed: false) },
      notes: ["both"])
    let lines = summary.text().split(separator: "\n").map(String.init)
    #expect(lines.contains("FAILED       stream_failed:rate == 0 (was 100%)"), "\(lines)")
    #expect(lines.contains("FAILED       stream_ttfb:p(99) < 10ms (was 12.5ms)"))
    #expect(lines.contains("FAILED       what is this (was 7.5)"))
    #expect(lines.filter { $0.hasPrefix("note") } == ["note         both", "note         told while it ran"])
  }
}
