import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// The open model: streams begin when the plan says so, and their times count from there.
@Suite struct OpenModelTests {
  private static let answer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send(EngineHarness.hello)]
  }
  private static let silence: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in [.hang] }

  private func rate(_ rate: Double, _ stages: [(Double, Double)] = []) -> ArrivalPlan {
    .rate(start: rate, stages: stages.map { LoadStage(duration: .seconds($0.0), target: $0.1) })
  }

  private func microseconds(_ distributions: Distributions?, _ percent: Double) -> UInt64 {
    distributions?.histogram(.ttfb)?.valueAtPercentile(percent) ?? 0
  }

  @Test func aKnownDelayIsMeasuredAndNothingIsLost() throws {
    let (result, requests) = try EngineHarness.run({ _ in
      [.wait(milliseconds: 50), .send(EngineHarness.hello)]
    }) {
      $0.arrivals = self.rate(100)
      $0.concurrency = 30
      $0.streams = 50
    }
    #expect(result.counters.ok == 50 && requests.count == 50)
    #expect(result.counters.dropped == 0)
    #expect(result.distributions.count(.ttfb) == 50 && result.uncorrected?.count(.ttfb) == 50)
    // The server counts whole milliseconds.
    #expect(result.distributions.histogram(.ttfb)?.min ?? 0 >= 49_000)
    #expect(microseconds(result.distributions, 50) >= microseconds(result.uncorrected, 50))
    #expect(result.startDelays?.count == 50)
    // The last of fifty comes 490 ms after the first.
    #expect(result.durationSeconds >= 0.54)
  }

  /// One answer that takes long keeps the streams behind it waiting. Who counts from the real start sees one slow stream.
  @Test func aTargetThatStandsStillShowsInEveryStreamThatHadToWait() throws {
    let (result, _) = try EngineHarness.run({ request in
      [.wait(milliseconds: request.number == 10 ? 600 : 0), .send(EngineHarness.hello)]
    }) {
      $0.arrivals = self.rate(200)
      $0.streams = 200
    }
    #expect(result.counters.ok == 200)
    #expect(microseconds(result.distributions, 99) >= 550_000)
    #expect(microseconds(result.distributions, 90) >= 300_000)
    #expect(microseconds(result.uncorrected, 99) < 300_000)
    #expect(result.uncorrected?.max(.ttfb) ?? 0 >= 598_000)
    // 119 were due while it stood.
    #expect(result.counters.late >= 100)
    #expect(result.counters.dropped == 0)
    #expect(result.distributions.count(.gapMax) == 200 && result.uncorrected?.count(.gapMax) == 0)
  }

  @Test func withoutCorrectionTimesAreThoseOfTheStreams() throws {
    let (result, _) = try EngineHarness.run({ request in
      [.wait(milliseconds: request.number == 0 ? 300 : 0), .send(EngineHarness.hello)]
    }) {
      $0.arrivals = self.rate(200)
      $0.streams = 60
      $0.correctsLatency = false
    }
    #expect(result.uncorrected == nil)
    #expect(microseconds(result.distributions, 50) < 200_000)
    #expect(result.counters.late >= 40)
  }

  @Test func whatFindsNoLaneIsDropped() throws {
    let (result, requests) = try EngineHarness.run(Self.silence) {
      $0.arrivals = self.rate(100)
      $0.streams = nil
      $0.duration = .seconds(0.5)
      $0.grace = .seconds(0)
    }
    #expect(requests.count == 1)
    #expect(result.counters.streams == 1 && result.counters.cutByDeadline == 1 && result.counters.failed == 0)
    #expect(result.counters.dropped == 49)
    let report = try RunReport(result).json()
    #expect(report.contains("\"planned\" : 50"))
  }

  @Test func whatRunsAtTheDeadlineHasGraceAndIsNoFailure() throws {
    let (result, _) = try EngineHarness.run(Self.silence) {
      $0.arrivals = self.rate(20)
      $0.concurrency = 10
      $0.streams = nil
      $0.duration = .seconds(0.4)
      $0.grace = .seconds(0.1)
    }
    #expect(result.counters.streams == 8 && result.counters.cutByDeadline == 8 && result.counters.failed == 0)
    #expect(result.counters.dropped == 0)
    #expect(result.durationSeconds >= 0.5)
  }

  @Test func burstsWaitForLanesAndAreLate() throws {
    let (result, _) = try EngineHarness.run({ _ in [.wait(milliseconds: 100), .send(EngineHarness.hello)] }) {
      $0.arrivals = .bursts(count: 3, every: .seconds(10))
      $0.streams = 3
    }
    #expect(result.counters.ok == 3)
    #expect(result.counters.late >= 2)
    #expect(result.startDelays?.longest ?? 0 >= 197_000)
  }

  @Test func burstsComeAtTheirPeriod() throws {
    let (result, requests) = try EngineHarness.run(Self.answer) {
      $0.arrivals = .bursts(count: 5, every: .seconds(0.2))
      $0.concurrency = 20
      $0.streams = nil
      $0.duration = .seconds(0.5)
    }
    #expect(result.counters.ok == 15 && requests.count == 15)
    #expect(result.counters.dropped == 0)
  }

  @Test(arguments: [1, 2]) func stagesHaveExactlyTheirStreams(threads: Int) throws {
    let (result, _) = try EngineHarness.run(Self.answer) {
      $0.arrivals = self.rate(0, [(0.3, 100), (0.3, 0)])
      $0.concurrency = 200
      $0.threads = threads
      $0.streams = nil
    }
    #expect(result.counters.ok + result.counters.dropped == 30)
    #expect(result.durationSeconds >= 0.6)
  }

  @Test func aRefusedPortIsAskedAtThePlansPace() throws {
    let port = try ScriptedServer.refusedPort()
    let result = try EngineHarness.run(
      EngineHarness.plan("http://127.0.0.1:\(port)/") {
        $0.arrivals = self.rate(200)
        $0.concurrency = 2
        $0.streams = 40
      })
    #expect(result.counters.transport[.connectFailed] == 40)
    #expect(result.counters.dropped == 0)
    #expect(result.durationSeconds >= 0.19)
  }

  @Test func aStoppedRunPlannedWhatWasDueByThen() throws {
    let server = try ScriptedServer(Self.answer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.arrivals = self.rate(200)
        $0.concurrency = 4
        $0.threads = 2
        $0.streams = 1_000_000
      }, memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("streams end") { engine.snapshot().counters.streams >= 20 }
    engine.stop(.drain)
    let result = engine.wait()
    #expect(result.interrupted)
    #expect(result.counters.ok == server.requestCount)
    let planned = result.counters.streams + result.counters.dropped
    #expect(Double(planned) <= result.durationSeconds * 200 + 1)
  }

  /// The operator wanted silence: what would have come in a pause comes after it, and is neither late nor lost.
  @Test func aPauseStopsThePlan() throws {
    let server = try ScriptedServer(Self.answer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.arrivals = self.rate(200)
        $0.concurrency = 50
        $0.streams = 100
      }, memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("streams end") { engine.snapshot().counters.streams >= 10 }
    engine.setPaused(true)
    let since = engine.snapshot().elapsedSeconds
    EngineHarness.eventually("half a second passes") { engine.snapshot().elapsedSeconds > since + 0.5 }
    engine.setPaused(false)
    let result = engine.wait()
    #expect(result.counters.ok == 100 && result.counters.dropped == 0)
    // 99 arrivals later than the first, and the pause.
    #expect(result.durationSeconds >= 0.495 + 0.5)
  }

  @Test func fewerLanesThanThreadsDoEverything() throws {
    let server = try ScriptedServer(Self.answer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.arrivals = self.rate(100)
        $0.concurrency = 8
        $0.threads = 2
        $0.streams = 60
      }, memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("streams end") { engine.snapshot().counters.streams >= 5 }
    // The second thread has no lane any more, and gives back what it waited for.
    engine.setConcurrency(1)
    let result = engine.wait()
    #expect(result.counters.ok == 60 && result.counters.dropped == 0)
  }

  @Test func theAlarmEndsAWait() throws {
    let poller = try #require(EventPoller(hasAlarm: true))
    let before = MonotonicClock.now()
    poller.setAlarm(before + 3_000_000)
    poller.wait(milliseconds: 5000) { _ in }
    let after = MonotonicClock.now()
    #expect(after - before >= 3_000_000)
    #expect(after - before < 1_000_000_000)
    // Put off, it is quiet.
    poller.setAlarm(after + 60_000_000_000)
    poller.wait(milliseconds: 2) { _ in }
    #expect(MonotonicClock.now() - after >= 1_900_000)
  }
}
