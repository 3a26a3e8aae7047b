import Testing
import ToolSupport

@testable import LoadGen

/// Every transport outcome over a real socket.
@Suite struct TransportTests {
  private func outcome(
    _ steps: ScriptedServer.Step..., configure: (inout LoadPlan) -> Void = { _ in },
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> (TransportOutcome?, RunResult) {
    let result = try EngineHarness.run({ _ in steps }, configure).result
    #expect(result.counters.streams == 1, sourceLocation: sourceLocation)
    return (result.counters.transport.counted.first?.key, result)
  }

  @Test func completeByLength() throws {
    let (outcome, result) = try outcome(.send(EngineHarness.hello))
    #expect(outcome == .complete)
    #expect(result.counters.ok == 1)
    #expect(result.counters.bytesWire == 5)
    #expect(result.counters.status == [200: 1])
    #expect(result.counters.protocols == ["http/1.1": 1])
    #expect(result.evidence.isEmpty)
  }

  @Test func completeByChunks() throws {
    let (outcome, result) = try outcome(
      .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .wait(milliseconds: 20),
      .send("1\r\n!\r\n0\r\nX-Trailer: 1\r\n\r\n"))
    #expect(outcome == .complete)
    #expect(result.counters.bytesWire == 6)
  }

  @Test func completeByClose() throws {
    let (outcome, result) = try outcome(.send("HTTP/1.0 200 OK\r\n\r\nhello"), .close)
    #expect(outcome == .complete)
    #expect(result.counters.protocols == ["http/1.0": 1])
  }

  @Test func cutByShortLength() throws {
    let (outcome, result) = try outcome(.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .close)
    #expect(outcome == .cut)
    #expect(result.counters.failed == 1)
    #expect(result.counters.status == [200: 1])
    #expect(result.evidence.map(\.outcome) == ["cut"])
  }

  @Test func cutBeforeTheLastChunk() throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    #expect(try outcome(.send(head + "5\r\nhello\r\n"), .close).0 == .cut)
    #expect(try outcome(.send(head + "5\r\nhel"), .close).0 == .cut)
  }

  @Test func cutInsideTheHeadAndBeforeIt() throws {
    let (inside, result) = try outcome(.send("HTTP/1.1 200 OK\r\nContent-"), .close)
    #expect(inside == .cut)
    #expect(result.counters.status == [0: 1])
    let (before, nothing) = try outcome(.close)
    #expect(before == .cut)
    #expect(nothing.counters.responses == 0)
  }

  @Test func resetInTheBodyAndBeforeTheHead() throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"
    #expect(try outcome(.send(head), .wait(milliseconds: 30), .reset).0 == .reset)
    #expect(try outcome(.wait(milliseconds: 30), .reset).0 == .reset)
    #expect(
      try outcome(
        .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), .wait(milliseconds: 30), .reset
      ).0 == .reset)
  }

  @Test func lengthAndChunkedIsAProtocolError() throws {
    let (outcome, result) = try outcome(
      .send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"))
    #expect(outcome == .protocolError)
    #expect(result.counters.failed == 1)
    #expect(result.evidence.first?.headers.count == 2)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
    "this is no HTTP at all\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
  ])
  func brokenMessages(_ text: String) throws {
    #expect(try outcome(.send(text), .close).0 == .protocolError)
  }

  @Test func provisionalHeadsAreSkipped() throws {
    let (outcome, result) = try outcome(
      .send("HTTP/1.1 103 Early Hints\r\nContent-Length: 1\r\n\r\n"),
      .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
    #expect(outcome == .complete)
    #expect(result.counters.status == [200: 1])
  }

  @Test func silenceInTheBodyIsAStall() throws {
    let (outcome, result) = try outcome(
      .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .hang
    ) { $0.stallTimeout = .seconds(0.3) }
    #expect(outcome == .stalled)
    #expect((0.3...3).contains(result.durationSeconds))
  }

  @Test func silenceBeforeTheHeadIsAStall() throws {
    let (outcome, result) = try outcome(.hang) { $0.stallTimeout = .seconds(0.3) }
    #expect(outcome == .stalled)
    #expect(result.counters.status == [0: 1])
    #expect((0.3...3).contains(result.durationSeconds))
  }

  @Test func slowBytesAreNoStall() throws {
    let (outcome, result) = try outcome(
      .send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"), .wait(milliseconds: 200), .send("b"),
      .wait(milliseconds: 200), .send("c")
    ) { $0.stallTimeout = .seconds(0.35) }
    #expect(outcome == .complete)
    #expect((150_000...5_000_000).contains(result.distributions.max(.gapMax)))
  }

  @Test func theWholeStreamHasATimeLimit() throws {
    let trickle = (0..<100).flatMap { _ in [ScriptedServer.Step.send("x"), .wait(milliseconds: 20)] }
    let (result, _) = try EngineHarness.run(
      { _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")] + trickle },
      {
        $0.maxTime = .seconds(0.3)
        $0.stallTimeout = .seconds(0.2)
      })
    #expect(result.counters.transport[.timeout] == 1)
    #expect(result.counters.failed == 1)
    #expect((0.3...3).contains(result.durationSeconds))
  }

  @Test func aRefusedPortFailsEveryStreamAndEndsSoon() throws {
    let port = try ScriptedServer.refusedPort()
    let result = try EngineHarness.run(
      EngineHarness.plan("http://127.0.0.1:\(port)/") {
        $0.concurrency = 50
        $0.streams = 200
      })
    #expect(result.counters.transport[.connectFailed] == 200)
    #expect(result.counters.failed == 200)
    #expect(result.counters.responses == 0)
    #expect(result.evidence.count == Evidence.perKind)
    #expect(result.durationSeconds < 5)
  }

  @Test func aRequestThatLibcurlSendsAgainIsSaid() throws {
    let (result, requests) = try EngineHarness.run(
      { request in request.number == 1 ? [.close] : [.send(EngineHarness.hello)] },
      { $0.streams = 2 })
    #expect(result.counters.ok == 2)
    #expect(requests.count == 3)
    #expect(result.counters.repeatedRequests == 1)
    #expect(result.notes.contains { $0.hasPrefix("requests sent again: 1;") })
  }

  @Test func aRefusedPortDoesNotSpin() throws {
    let port = try ScriptedServer.refusedPort()
    let result = try EngineHarness.run(
      EngineHarness.plan("http://127.0.0.1:\(port)/") {
        $0.concurrency = 2
        $0.streams = nil
        $0.duration = .seconds(0.5)
      })
    // 10 + 20 + 40 + … ms: six streams a lane in half a second, where a spinning loop makes thousands.
    #expect((2...40).contains(result.counters.streams))
  }

  @Test func aNameThatDoesNotResolve() throws {
    let result = try EngineHarness.run(EngineHarness.plan("http://name.invalid/"))
    #expect(result.counters.transport[.dnsFailed] == 1)
  }

  @Test func tlsThatIsNeverAnswered() throws {
    // The server waits for a request in clear, and the client for a server hello.
    let server = try ScriptedServer { _ in [.send(EngineHarness.hello)] }
    defer { server.stop() }
    let result = try EngineHarness.run(
      EngineHarness.plan("https://127.0.0.1:\(server.port)/") { $0.connectTimeout = .seconds(0.3) })
    #expect(result.counters.transport.counted.map(\.key) == [.tlsFailed])
  }

  #if os(Linux)
    @Test func aConnectionThatIsNeverAccepted() throws {
      let (port, release) = try ScriptedServer.fullPort()
      defer { release() }
      let result = try EngineHarness.run(
        EngineHarness.plan("http://127.0.0.1:\(port)/") { $0.connectTimeout = .seconds(0.3) })
      #expect(result.counters.transport.counted.map(\.key) == [.connectFailed])
      #expect((0.3...3).contains(result.durationSeconds))
    }
  #endif
}
