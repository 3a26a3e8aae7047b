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
}
