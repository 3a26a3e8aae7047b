import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

@Suite struct ThresholdGuardTests {
  private final class Ends: Sendable {
    private let seen = Mutex<[Abort]>([])
    var all: [Abort] { seen.withLock { $0 } }
    func note(_ abort: Abort) { seen.withLock { $0.append(abort) } }
  }

  private func snapshot(_ streams: Int, failed: Int = 0, at seconds: Double, ttfb: Int64? = nil) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.counters.streams = streams
    snapshot.counters.failed = failed
    snapshot.elapsedSeconds = seconds
    if let ttfb {
      var distributions = Distributions()
      distributions.record(.ttfb, ttfb)
      snapshot.distributions = distributions
    }
    return snapshot
  }

  private func ends(_ texts: [String], _ snapshots: [Snapshot]) throws -> [Abort] {
    let ends = Ends()
    let thresholds = try texts.map { try Threshold.parse($0) }
    let watch = ThresholdGuard(thresholds: thresholds, rule: AbortRule()) { ends.note($0) }
    for snapshot in snapshots { watch.observe(snapshot) }
    return ends.all
  }

  @Test func whatCannotRecoverEndsTheRunAtOnceAndOnce() throws {
    let ends = try ends(
      ["stream_failed:rate == 0"],
      [snapshot(5, at: 0.1), snapshot(6, failed: 1, at: 0.2), snapshot(7, failed: 2, at: 0.3)])
    #expect(ends == [Abort(expression: "stream_failed:rate == 0", value: 1.0 / 6, shown: "16.67%", atSeconds: 0.2)])
    #expect(ends.first?.note.contains("stream_failed:rate == 0 failed, it was 16.67%") == true)
  }

  @Test func whatMightRecoverWaitsForDelayAndStreams() throws {
    let rate = ["stream_failed:rate < 1%"]
    #expect(try ends(rate, [snapshot(500, failed: 50, at: 9.9), snapshot(99, failed: 9, at: 60)]).isEmpty)
    #expect(try ends(rate, [snapshot(100, failed: 5, at: 10)]).map(\.atSeconds) == [10])
    #expect(try ends(rate, [snapshot(500, failed: 50, at: 5), snapshot(9000, failed: 50, at: 60)]).isEmpty)
    let slow = ["stream_ttfb:p(95) < 500ms"]
    #expect(try ends(slow, [snapshot(100, at: 10, ttfb: 900_000)]).map(\.shown) == ["900ms"])
    #expect(try ends(slow, [snapshot(100, at: 10, ttfb: 400_000)]).isEmpty)
    #expect(try ends(slow, [snapshot(100, at: 10)]).isEmpty)
    #expect(ThresholdGuard.needsDistributions(try slow.map { try Threshold.parse($0) }))
    #expect(!ThresholdGuard.needsDistributions(try rate.map { try Threshold.parse($0) }))
  }

  @Test func whatOnlyTheEndCanTellNeverEndsIt() throws {
    #expect(try ends(["streams:count >= 1000", "target_rss < 1MiB"], [snapshot(500, at: 100)]).isEmpty)
  }

  @Test func aRunThatIsEndingIsLeftAlone() throws {
    for phase in [Snapshot.Phase.draining, .finished] {
      var late = snapshot(10, failed: 1, at: 1)
      late.phase = phase
      #expect(try ends(["stream_failed:rate == 0"], [late]).isEmpty)
    }
  }

  /// The engine drains, says why, and nobody interrupted it.
  @Test func theEngineEndsEarly() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) { $0.streams = 1_000_000_000 }, memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("a stream ends") { engine.snapshot().counters.streams > 0 }
    let reason = Abort(expression: "stream_failed:rate == 0", value: 0.5, shown: "50%", atSeconds: 1)
    engine.abort(reason)
    engine.abort(Abort(expression: "x", value: 1, shown: "1", atSeconds: 2))
    let result = engine.wait()
    #expect(result.aborted == reason)
    #expect(!result.interrupted)
    #expect(result.notes.filter { $0 == reason.note }.count == 1 && engine.snapshot().notices == [reason.note])
    EngineHarness.expectSums(result.counters)
    // All is well by now; what ended the run has failed all the same.
    let report = RunReport(result)
    #expect(report.exit == .thresholdFailed)
    #expect(report.thresholds.map(\.passed) == [false, true])
    #expect(report.thresholds.first?.value == 0.5)
    #expect(try report.json().contains("\"at_seconds\" : 1"))
  }

  /// A person's interruption stays one.
  @Test func anInterruptionComesFirst() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) { $0.streams = 1_000_000_000 }, memory: NoTargetMemory())
    try engine.start()
    engine.stop(.drain)
    engine.abort(Abort(expression: "x", value: 1, shown: "1", atSeconds: 2))
    let result = engine.wait()
    #expect(result.aborted == nil && result.interrupted)
  }
}
