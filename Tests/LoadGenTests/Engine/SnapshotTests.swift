import Testing
import ToolSupport

@testable import LoadGen

/// What others see of a run while it goes on, and what is kept of it.
@Suite struct SnapshotTests {
  private struct FixedMemory: TargetMemorySource {
    var memory: TargetMemory
    func current() -> TargetMemory { memory }
  }

  @Test func theSumsHoldInEverySnapshotAndNothingGoesBack() throws {
    let server = try ScriptedServer { request in
      switch request.number % 4 {
      case 0: [.send(EngineHarness.hello)]
      case 1: [.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 2\r\n\r\nno")]
      case 2: [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .close]
      default: [.wait(milliseconds: 5), .send(EngineHarness.hello)]
      }
    }
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.concurrency = 16
        $0.streams = 4000
        $0.threads = 2
      }, memory: NoTargetMemory())
    try engine.start()
    var last = Counters()
    EngineHarness.eventually("the run ends") {
      let snapshot = engine.snapshot()
      EngineHarness.expectSums(snapshot.counters)
      #expect(snapshot.counters.streams >= last.streams)
      #expect(snapshot.counters.bytesWire >= last.bytesWire)
      #expect(snapshot.active <= 16)
      // In order, each once; one thread may have published before the other.
      #expect(snapshot.lanes.map(\.lane) == Set(snapshot.lanes.map(\.lane)).sorted())
      last = snapshot.counters
      return snapshot.phase == .finished
    }
    let result = engine.wait()
    #expect(result.counters.streams == 4000)
    #expect(result.counters.status[502] == 1000)
    #expect(result.counters.transport[.cut] == 1000)
    #expect(result.counters.failed == 2000)
    #expect(result.counters.missedExpectations.isEmpty)
    #expect(result.counters.causes[502]?.total == 1000)
    #expect(engine.snapshot().lanes.reduce(0) { $0 + $1.badGateways } == 1000)
    #expect(engine.snapshot().lanes.reduce(0) { $0 + $1.failed } == 2000)
  }

  @Test func evidenceIsBounded() throws {
    let (result, _) = try EngineHarness.run({ request in
      [.send("HTTP/1.1 50\(request.number % 4) No\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nno")]
    }) {
      $0.streams = 200
      $0.concurrency = 8
      $0.threads = 2
    }
    #expect(result.counters.failed == 200)
    let kinds = Dictionary(grouping: result.evidence, by: \.outcome).mapValues(\.count)
    #expect(kinds == ["status 500": 3, "status 501": 3, "status 502": 3, "status 503": 3])
    #expect(result.evidence.map(\.stream) == result.evidence.map(\.stream).sorted())
    #expect(result.evidence.allSatisfy { $0.headers.contains(ResponseHead.Field(name: "X-A", value: "1")) })
    #expect(result.evidence.allSatisfy { $0.cause != nil })
  }

  @Test func aLaneTellsWhatItDoes() throws {
    let server = try ScriptedServer { _ in
      [
        .send("HTTP/1.1 200 OK\r\nx-request-id: r7\r\nx-gzproxy-instance: i1\r\nContent-Length: 9\r\n\r\nhello"),
        .hang,
      ]
    }
    defer { server.stop() }
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url()), memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("it streams") { engine.snapshot().lanes.first?.state == .streaming }
    let lane = try #require(engine.snapshot().lanes.first)
    #expect(lane.stream == 1)
    #expect(lane.status == 200)
    #expect(lane.requestID == "r7")
    #expect(lane.instance == "i1")
    #expect(lane.bytes == 5)
    #expect(lane.expectedBytes == 9)
    #expect(lane.ttfbSeconds != nil)
    #expect(lane.transport == nil && lane.verdict == nil)
    #expect(engine.snapshot().counters.bytesWire == 5)
    #expect(engine.snapshot().counters.streams == 0)
    let instance = try #require(engine.snapshot().memory.instances["i1"])
    #expect(instance.streams == 1 && instance.failed == 0 && (0..<60).contains(instance.ageSeconds ?? -1))
    engine.stop(.now)
    _ = engine.wait()
    let after = try #require(engine.snapshot().lanes.first)
    #expect(after.state == .ended)
    #expect(after.verdict == after.lastVerdict)
    #expect(after.transport == .cutByDeadline)
    #expect(after.bytes == 5)
    #expect(after.failed == 0)
    #expect(engine.snapshot().memory.instances["i1"]?.streams == 1)
  }

  @Test func aRunThatIsOverGetsNoLonger() throws {
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url()), memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("it ends") { engine.snapshot().phase == .finished }
    let first = engine.snapshot().elapsedSeconds
    let since = MonotonicClock.now()
    EngineHarness.eventually("time passes") { MonotonicClock.now() - since > 20_000_000 }
    #expect(engine.snapshot().elapsedSeconds == first)
    #expect(engine.wait().durationSeconds == first)
  }

  @Test func aLaneWaitsForTheHead() throws {
    let server = try ScriptedServer { _ in [.hang] }
    defer { server.stop() }
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url()), memory: NoTargetMemory())
    try engine.start()
    EngineHarness.eventually("it waits") { engine.snapshot().lanes.first?.state == .waiting }
    #expect(engine.snapshot().lanes.first?.status == 0)
    engine.stop(.now)
    #expect(engine.wait().counters.status == [0: 1])
  }

  @Test func lastCauses() throws {
    let (bad, _) = try lane([.send("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n")])
    #expect(bad.lastCause?.hasPrefix("502 ") == true)
    #expect(bad.badGateways == 1)
    let (cut, _) = try lane([.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .close])
    #expect(cut.lastCause == "cut")
    let (fine, _) = try lane([.send(EngineHarness.hello)])
    #expect(fine.lastCause == nil)
  }

  private func lane(_ steps: [ScriptedServer.Step]) throws -> (LaneSnapshot, RunResult) {
    let server = try ScriptedServer { _ in steps }
    defer { server.stop() }
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url()), memory: NoTargetMemory())
    try engine.start()
    let result = engine.wait()
    return (try #require(engine.snapshot().lanes.first), result)
  }

  @Test func memoryComesFromTheSourceAndFromTheResponses() throws {
    let script: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { request in
      [
        .send(
          "HTTP/1.1 200 OK\r\nx-gzproxy-instance: i\(request.number % 2)\r\n"
            + "x-gzproxy-rss-bytes: \(1000 + request.number)\r\nContent-Length: 0\r\n\r\n")
      ]
    }
    let (result, _) = try EngineHarness.run(script) { $0.streams = 10 }
    #expect(result.memory.instances.keys.sorted() == ["i0", "i1"])
    #expect(result.memory.instances["i0"]?.streams == 5)
    #expect(result.memory.instances["i0"]?.rssPeakBytes == 1008)
    #expect(result.memory.rssBytes == 1009)
    #expect(result.memory.sampleCount == 10)
    #expect(result.memory.source == "x-gzproxy-rss-bytes of responses, largest of 2 instances")

    let server = try ScriptedServer(script)
    defer { server.stop() }
    var known = TargetMemory()
    known.source = "somebody"
    known.rssBytes = 77
    let engine = try LoadEngine(plan: EngineHarness.plan(server.url()), memory: FixedMemory(memory: known))
    try engine.start()
    let memory = engine.wait().memory
    #expect(memory.source == "somebody")
    #expect(memory.rssBytes == 77)
    #expect(memory.instances.count == 1)
  }

  @Test func noFigureIsNoFigure() throws {
    let (result, _) = try EngineHarness.run { _ in [.send(EngineHarness.hello)] }
    #expect(result.memory == TargetMemory())
  }

  @Test func timesAreInOrder() throws {
    let (result, _) = try EngineHarness.run { _ in
      [
        .wait(milliseconds: 40), .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), .wait(milliseconds: 40),
        .send("a"), .wait(milliseconds: 40), .send("b"),
      ]
    }
    func value(_ metric: Distributions.Metric) -> UInt64 { result.distributions.max(metric) }
    // From the start: a busy machine sees things late, never early. Between two of them it may see less than there was.
    #expect(value(.ttfh) >= 35_000)
    #expect(value(.ttfb) >= 75_000 && value(.ttfb) >= value(.ttfh))
    #expect(value(.ttlb) >= 115_000 && value(.ttlb) >= value(.ttfb))
    #expect(value(.gapMax) > 0 && value(.ttfb) + value(.gapMax) <= value(.ttlb) + value(.ttlb) / 100)
    #expect(value(.throughput) <= 20)
  }

  @Test func brokenStreamsHaveNoTimes() throws {
    let (result, _) = try EngineHarness.run { _ in
      [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .close]
    }
    #expect(result.distributions.histogram(.ttlb) == nil)
    #expect(result.distributions.count(.connect) == 1)
  }

  @Test func theTesterCountsItself() throws {
    let (result, _) = try EngineHarness.run({ _ in [.send(EngineHarness.hello)] }) {
      $0.streams = 300
      $0.concurrency = 4
      $0.threads = 2
    }
    #expect(result.client.threads == 2)
    #expect(result.client.cpuSeconds > 0)
    #expect((0...1).contains(result.client.busyFraction) && result.client.busyFraction > 0)
    #expect(result.client.rssPeakBytes > 1 << 20)
  }
}
