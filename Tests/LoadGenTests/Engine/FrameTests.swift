import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// What surrounds a plan: ramps of lanes, warm-up, shards, a common start, and many lanes.
@Suite struct FrameTests {
  private static let answer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send(EngineHarness.hello)]
  }
  private static let slowAnswer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.wait(milliseconds: 10), .send(EngineHarness.hello)]
  }

  @Test func lanesFollowTheirStages() throws {
    let server = try ScriptedServer(Self.slowAnswer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.arrivals = .lanes([
          LoadStage(duration: .seconds(0.4), target: 6), LoadStage(duration: .seconds(0.4), target: 0),
        ])
        $0.concurrency = 6
        $0.threads = 2
        $0.streams = nil
      }, memory: NoTargetMemory())
    try engine.start()
    var most = 0
    EngineHarness.eventually("it ends") {
      let snapshot = engine.snapshot()
      most = max(most, snapshot.active)
      #expect(snapshot.active <= 6 && snapshot.concurrency <= 6)
      return snapshot.phase == .finished
    }
    let result = engine.wait()
    #expect(result.durationSeconds >= 0.8)
    #expect(result.counters.ok == result.counters.streams && result.counters.streams > 6)
    #expect(most >= 2 && server.accepted >= 3 && server.accepted <= 6)
    #expect(engine.snapshot().concurrency == 0)
  }

  /// Failures and all: what the warm-up did is in no figure.
  @Test func theWarmUpCountsNowhere() throws {
    let (result, requests) = try EngineHarness.run({ request in
      request.number < 3 ? [.send("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno")] : Self.slowAnswer(request)
    }) {
      $0.warmUp = .seconds(0.2)
      $0.concurrency = 2
      $0.streams = 20
    }
    #expect(result.counters.streams == 20 && result.counters.ok == 20)
    #expect(result.counters.warmUpStreams >= 3)
    #expect(requests.count == 20 + result.counters.warmUpStreams)
    #expect(result.counters.bytesWire == 100)
    #expect(result.counters.status == [200: 20])
    #expect(result.distributions.count(.ttfb) == 20)
    #expect(result.evidence.isEmpty)
    #expect(result.notes.contains { $0.hasPrefix("warm-up: ") && $0.hasSuffix(" in no figure; 3 failed") })
    // The plan's own clock: ten streams of 10 ms on each of two lanes.
    #expect(result.durationSeconds >= 0.09)
  }

  @Test func anOpenModelWarmsUpAtItsRate() throws {
    let (result, _) = try EngineHarness.run(Self.answer) {
      $0.arrivals = .rate(start: 50, stages: [])
      $0.warmUp = .seconds(0.2)
      $0.concurrency = 20
      $0.streams = 10
    }
    #expect(result.counters.ok == 10)
    #expect((1...10).contains(result.counters.warmUpStreams))
    #expect(result.startDelays?.count == 10)
    #expect(result.durationSeconds >= 0.18)
  }

  @Test func theWarmUpIsAPhaseOfItsOwn() throws {
    let server = try ScriptedServer(Self.slowAnswer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.warmUp = .seconds(60)
        $0.streams = 5
      }, memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("it warms up") { engine.snapshot().counters.warmUpStreams > 2 }
    let snapshot = engine.snapshot()
    #expect(snapshot.phase == .warmingUp && snapshot.elapsedSeconds == 0 && snapshot.counters.streams == 0)
    #expect(snapshot.counters.bytesWire == 0)
    #expect((1...60).contains(snapshot.secondsToStart ?? 0))
    engine.stop(.now)
    let result = engine.wait()
    #expect(result.interrupted && result.counters.streams == 0 && result.durationSeconds == 0)
    #expect(result.counters.cutByDeadline == 0)
  }

  /// Eight processes' worth of engines ask for exactly what one asks for.
  @Test func shardsDoTheWholePlan() throws {
    let server = try ScriptedServer(Self.answer)
    defer { server.stop() }
    var streams = 0
    for index in 1...8 {
      var plan = EngineHarness.plan(server.url())
      plan.targets = (0..<3).map { LoadTarget(url: server.url("/\($0)")) }
      plan.concurrency = 10
      plan.streams = 100
      plan.shard = Shard(index: index, count: 8)
      streams += try EngineHarness.run(plan).counters.ok
    }
    #expect(streams == 100)
    let paths = Dictionary(grouping: server.requests, by: \.path).mapValues(\.count)
    #expect(paths == ["/0": 34, "/1": 33, "/2": 33])
  }

  @Test func aShardOfNothingIsRefused() {
    let plan = EngineHarness.plan("http://127.0.0.1:1/") { $0.shard = Shard(index: 2, count: 2) }
    #expect(throws: ToolFailure.self) { try LoadEngine(plan: plan, memory: NoTargetMemory()) }
  }

  @Test func nothingBeginsBeforeTheCommonStart() throws {
    let start = MonotonicClock.wallSeconds() + 0.3
    let server = try ScriptedServer(Self.answer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.startAt = start; $0.streams = 3
      }, memory: NoTargetMemory())
    try engine.start()
    var waited = false
    EngineHarness.eventually("it ends") {
      let snapshot = engine.snapshot()
      let isEarly = MonotonicClock.wallSeconds() < start
      if isEarly { waited = waited || snapshot.phase == .waiting }
      return snapshot.phase == .finished
    }
    let result = engine.wait()
    #expect(waited)
    #expect(result.counters.ok == 3)
    #expect(abs(result.startedAt - start) < 0.01)
    #expect(MonotonicClock.wallSeconds() >= start)
  }

  @Test func aWaitEndsAtOnce() throws {
    let engine = try LoadEngine(
      plan: EngineHarness.plan("http://127.0.0.1:1/") { $0.startAt = MonotonicClock.wallSeconds() + 3600 },
      memory: NoTargetMemory())
    try engine.start()
    #expect(engine.snapshot().phase == .waiting)
    engine.stop(.drain)
    let result = engine.wait()
    #expect(result.interrupted && result.counters.streams == 0)
    #expect(RunReport(result).exit == .interrupted)
  }

  /// What was planned before a process came is caught up with, and seen.
  @Test func aLateStartIsCaughtUpWith() throws {
    let (result, _) = try EngineHarness.run(Self.answer) {
      $0.startAt = MonotonicClock.wallSeconds() - 1
      $0.arrivals = .rate(start: 20, stages: [])
      $0.concurrency = 20
      $0.streams = 20
    }
    #expect(result.counters.ok == 20 && result.counters.late == 20)
    #expect(result.startDelays?.longest ?? 0 >= 990_000)
  }

  @Test(.enabled(if: DescriptorLimit.raise() >= 5000, "needs ulimit -n 5000"))
  func twoThousandLanes() throws {
    let server = try ScriptedServer { _ in [.wait(milliseconds: 200), .send(EngineHarness.hello)] }
    defer { server.stop() }
    let result = try EngineHarness.run(
      EngineHarness.plan(server.url()) {
        $0.arrivals = .rate(start: 4000, stages: [])
        $0.concurrency = 2000
        $0.streams = 2000
        $0.validation = .frame
        $0.maxTime = .seconds(30)
        $0.connectTimeout = .seconds(30)
      })
    #expect(result.counters.ok == 2000)
    #expect(result.distributions.histogram(.ttfb)?.min ?? 0 >= 198_000)
  }

  /// A run of a number of streams does not ask a million times where nobody listens.
  @Test func aRefusedPortEndsWithinSeconds() throws {
    let port = try ScriptedServer.refusedPort()
    let result = try EngineHarness.run(
      EngineHarness.plan("http://127.0.0.1:\(port)/") {
        $0.concurrency = 100
        $0.threads = 1
        $0.streams = 100_000_000
      })
    #expect(result.durationSeconds < 100)
    #expect(result.counters.transport[.connectFailed] == result.counters.streams)
    #expect(result.notes.contains { $0.hasPrefix("gave up: nothing answered; ") })
  }
}
