import Testing
import ToolSupport

@testable import LoadGen

/// What a person at the dashboard does to a running load.
@Suite struct SteeringTests {
  /// An engine on a server, both ended with the test.
  private func withEngine(
    _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step],
    _ change: (inout LoadPlan) -> Void, _ body: (LoadEngine, ScriptedServer) throws -> Void
  ) throws {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url(), change), memory: NoTargetMemory())
    try engine.start()
    try body(engine, server)
  }

  private static let answer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send(EngineHarness.hello)]
  }
  private static let slowAnswer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.wait(milliseconds: 10), .send(EngineHarness.hello)]
  }
  private static let silence: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .hang]
  }

  @Test func stopNowCutsAtOnce() throws {
    try withEngine(
      Self.silence,
      {
        $0.concurrency = 4; $0.streams = 100
      }
    ) { engine, server in
      EngineHarness.eventually("all lanes run") { engine.snapshot().active == 4 && server.requestCount == 4 }
      engine.stop(.now)
      let result = engine.wait()
      EngineHarness.expectSums(result.counters)
      #expect(result.counters.cutByDeadline == 4)
      #expect(result.interrupted)
      #expect(result.durationSeconds < 5)
      EngineHarness.eventually("every connection is closed") { server.openConnections == 0 }
    }
  }

  @Test func drainLetsStreamsEnd() throws {
    try withEngine(
      { _ in [.wait(milliseconds: 200), .send(EngineHarness.hello)] },
      {
        $0.concurrency = 4
        $0.streams = nil
      }
    ) { engine, server in
      EngineHarness.eventually("all lanes run") { server.requestCount == 4 }
      engine.stop(.drain)
      let result = engine.wait()
      #expect(result.counters.ok == 4)
      #expect(result.counters.streams == 4)
      // A plan without an end is not interrupted by the only thing that ends it.
      #expect(!result.interrupted)
    }
  }

  @Test func aStopDuringADrainCuts() throws {
    try withEngine(
      Self.silence,
      {
        $0.concurrency = 2; $0.streams = nil
      }
    ) { engine, server in
      EngineHarness.eventually("all lanes run") { server.requestCount == 2 }
      engine.stop(.drain)
      EngineHarness.eventually("it drains") { engine.snapshot().phase == .draining }
      engine.stop(.now)
      #expect(engine.wait().counters.cutByDeadline == 2)
    }
  }

  @Test func pauseAndResume() throws {
    try withEngine(
      Self.slowAnswer,
      {
        $0.concurrency = 3; $0.streams = nil
      }
    ) { engine, server in
      EngineHarness.eventually("streams end") { engine.snapshot().counters.streams > 3 }
      engine.setPaused(true)
      #expect(engine.snapshot().phase == .paused)
      // The snapshot may be older than the pause: it is the server that knows.
      EngineHarness.eventually("nothing runs") {
        let answered = engine.snapshot()
        return answered.active == 0 && answered.counters.streams == server.requestCount
      }
      let before = server.requestCount
      let since = engine.snapshot().elapsedSeconds
      EngineHarness.eventually("a quarter of a second passes") { engine.snapshot().elapsedSeconds > since + 0.25 }
      #expect(server.requestCount == before)
      #expect(engine.snapshot().lanes.allSatisfy { $0.state == .ended })
      engine.setPaused(false)
      EngineHarness.eventually("streams go on") { server.requestCount > before + 3 }
      engine.stop(.now)
      EngineHarness.expectSums(engine.wait().counters)
    }
  }

  @Test func concurrencyUpAndDown() throws {
    try withEngine(
      Self.slowAnswer,
      {
        $0.concurrency = 2; $0.streams = nil; $0.threads = 2
      }
    ) { engine, server in
      EngineHarness.eventually("two lanes run") { engine.snapshot().lanes.count == 2 }
      engine.setConcurrency(10)
      #expect(engine.snapshot().concurrency == 10)
      EngineHarness.eventually("ten lanes run") {
        let snapshot = engine.snapshot()
        return snapshot.active == 10 && snapshot.lanes.count == 10
      }
      engine.setConcurrency(3)
      EngineHarness.eventually("three lanes are left") {
        let snapshot = engine.snapshot()
        return snapshot.active <= 3 && snapshot.lanes.count { $0.state != .ended } <= 3
      }
      let lanes = engine.snapshot().lanes
      #expect(lanes.dropFirst(3).allSatisfy { $0.state == .ended })
      // Lanes over the number finish their stream: none of them failed or was cut.
      engine.stop(.drain)
      let result = engine.wait()
      EngineHarness.expectSums(result.counters)
      #expect(result.counters.ok == result.counters.streams)
      #expect(server.accepted >= 10)
    }
  }

  @Test func concurrencyIsClamped() throws {
    try withEngine(Self.answer, { $0.streams = nil }) { engine, _ in
      engine.setConcurrency(-5)
      #expect(engine.snapshot().concurrency == 1)
      engine.setConcurrency(.max)
      #expect(engine.snapshot().concurrency < 1 << 31)
      engine.setConcurrency(1)
      engine.stop(.now)
      _ = engine.wait()
    }
  }
}
