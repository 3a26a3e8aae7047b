import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A run's life: how it begins, is steered, and ends.
@Suite struct LifeTests {
  private static let answer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send(EngineHarness.hello)]
  }
  private static let slowAnswer: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.wait(milliseconds: 10), .send(EngineHarness.hello)]
  }
  private static let silence: @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step] = { _ in
    [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .hang]
  }

  @Test(arguments: [(1, 1), (7, 50), (200, 50), (1000, 64)])
  func exactlyAsManyStreamsAsAsked(_ streams: Int, lanes: Int) throws {
    let (result, requests) = try EngineHarness.run(Self.answer) {
      $0.streams = streams
      $0.concurrency = lanes
      $0.threads = 3
    }
    #expect(result.counters.streams == streams)
    #expect(result.counters.ok == streams)
    #expect(requests.count == streams)
    #expect(result.counters.bytesWire == Int64(streams * 5))
    #expect(!result.interrupted)
  }

  @Test func fiveHundredLanes() throws {
    let server = try ScriptedServer(Self.slowAnswer)
    defer { server.stop() }
    let engine = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.streams = 3000
        $0.concurrency = 500
      }, memory: NoTargetMemory())
    try engine.start()
    let result = engine.wait()
    EngineHarness.expectSums(result.counters)
    #expect(result.counters.ok == 3000, "\(result.counters.transport.counted)")
    #expect(server.accepted == 500)
    let lanes = engine.snapshot().lanes
    #expect(lanes.map(\.lane) == Array(0..<500))
    #expect(lanes.reduce(0) { $0 + $1.streams } == 3000)
  }

  @Test func durationGraceAndTheCut() throws {
    let (result, _) = try EngineHarness.run(Self.silence) {
      $0.streams = nil
      $0.concurrency = 3
      $0.duration = .seconds(0.1)
      $0.grace = .seconds(0.2)
    }
    #expect(result.counters.streams == 3)
    #expect(result.counters.cutByDeadline == 3)
    #expect(result.counters.failed == 0)
    #expect(result.counters.bytesWire == 15)
    #expect(result.evidence.isEmpty)
    #expect((0.3...3).contains(result.durationSeconds))
    #expect(!result.interrupted)
  }

  @Test func streamsThatEndWithinTheGraceAreWhole() throws {
    let (result, _) = try EngineHarness.run({ _ in [.wait(milliseconds: 300), .send(EngineHarness.hello)] }) {
      $0.streams = nil
      $0.concurrency = 3
      $0.duration = .seconds(0.1)
      $0.grace = .seconds(10)
    }
    #expect(result.counters.ok == 3)
    #expect(result.counters.streams == 3)
    #expect(result.durationSeconds < 5)
  }

  @Test func whicheverEndComesFirst() throws {
    let (byCount, _) = try EngineHarness.run(Self.answer) {
      $0.streams = 5
      $0.duration = .seconds(60)
    }
    #expect(byCount.counters.streams == 5)
    #expect(byCount.durationSeconds < 10)
    let (byTime, _) = try EngineHarness.run(Self.slowAnswer) {
      $0.streams = 1_000_000
      $0.duration = .seconds(0.1)
    }
    #expect((1...100).contains(byTime.counters.streams))
  }

  @Test func aCountHasNoGracePeriod() throws {
    let (result, _) = try EngineHarness.run({ _ in [.wait(milliseconds: 300), .send(EngineHarness.hello)] }) {
      $0.grace = .seconds(0.05)
    }
    #expect(result.counters.ok == 1)
  }

  @Test func anEngineThatNobodyWaitsForEndsItsThreads() throws {
    let server = try ScriptedServer(Self.silence)
    defer { server.stop() }
    var engine: LoadEngine? = try LoadEngine(
      plan: EngineHarness.plan(server.url()) {
        $0.concurrency = 2; $0.streams = nil
      }, memory: NoTargetMemory())
    try engine?.start()
    EngineHarness.eventually("it runs") { server.openConnections == 2 }
    engine = nil
    EngineHarness.eventually("its connections are gone") { server.openConnections == 0 }
  }

  #if os(Linux)
    @Test func noDescriptorIsLeftBehind() throws {
      let server = try ScriptedServer(Self.answer)
      defer { server.stop() }
      let before = Self.pollersAndBells()
      for _ in 0..<100 {
        _ = try EngineHarness.run(EngineHarness.plan(server.url()) { $0.threads = 1 })
      }
      EngineHarness.eventually("every connection is closed") { server.openConnections == 0 }
      // Other tests run beside this one and hold a few of their own; a leak of one a run is a hundred.
      #expect(Self.pollersAndBells() - before < 90)
    }

    /// Open epoll and eventfd descriptors of this process.
    private static func pollersAndBells() -> Int {
      var count = 0
      var buffer = [CChar](repeating: 0, count: 256)
      for descriptor in 0..<4096 {
        let length = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        guard length > 0 else { continue }
        let name = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if name.hasPrefix("anon_inode:") { count += 1 }
      }
      return count
    }
  #endif
}
