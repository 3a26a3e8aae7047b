import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

/// The live endpoints over real sockets: what they answer, and that no client can hold anything up.
@Suite struct LiveServerTests {
  private static func snapshot() -> Snapshot {
    var snapshot = Snapshot()
    snapshot.counters = SampleEvents.sample("x").counters
    snapshot.lanes = [SampleEvents.lane("x")]
    snapshot.active = 3
    return snapshot
  }

  /// A server, the hub's side of its feed, and a test of both.
  private static func withServer(_ body: (LiveServer, EventFeedWriter) throws -> Void) throws {
    let server = try LiveServer(LiveAddress(host: "127.0.0.1", port: 0)) { snapshot() }
    defer { server.stop() }
    let writer = EventFeedWriter(feed: server.pages.feed) { snapshot() }
    try body(server, writer)
  }

  private static func hand(_ event: RecordEvent, to writer: EventFeedWriter) {
    let line = LineBuffer()
    RecordEncoder(targets: SampleEvents.targets).encode(event, into: line)
    writer.take(event, line: line.bytes)
  }

  private static func begin(_ writer: EventFeedWriter) {
    var header = SampleEvents.headerLine()
    header.withUTF8 { writer.begin(UnsafeRawBufferPointer($0)) }
  }

  @Test func pagesAreServed() throws {
    try Self.withServer { server, _ in
      for (request, words) in [
        ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "/metrics"), ("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 404 "),
        ("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n", "gzload_streams_total{result=\"ok\"} 3\n"),
        ("POST / HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 405 "), ("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 "),
        ("GET / HTTP/1.1\r\nHost: " + String(repeating: "a", count: 9000), "HTTP/1.1 431 "),
      ] {
        let client = try LiveClient(port: server.port)
        client.send(request)
        let answer = client.read()
        #expect(client.isOver)
        #expect(answer.contains(words))
        #expect(answer.contains("\r\nConnection: close\r\n"))
      }
      let head = try LiveClient(port: server.port)
      head.send("HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(head.read().hasSuffix("\r\n\r\n") && !head.text.contains("Content-Length: 0"))
    }
  }

  @Test func whoIsThereFromTheStartGetsEveryLine() throws {
    try Self.withServer { server, writer in
      let client = try LiveClient(port: server.port)
      client.get("/events")
      client.read { _ in server.pages.feed.clients.load(ordering: .relaxed) == 1 }
      Self.begin(writer)
      let events = SampleEvents.all("x").filter { if case .lanes = $0 { false } else { true } }
      for event in events {
        Self.hand(event, to: writer)
        writer.settle(now: 1)
      }
      writer.finish()
      client.read()
      let body = try #require(client.chunks)
      #expect(try SampleEvents.parsed(body).events == events)
    }
  }

  @Test func whoComesLaterGetsTheLanesFirst() throws {
    try Self.withServer { server, writer in
      Self.begin(writer)
      Self.hand(.notice(at: 1, "unheard"), to: writer)
      writer.settle(now: 1)
      let client = try LiveClient(port: server.port)
      client.send("GET /events HTTP/1.0\r\n\r\n")
      client.read { _ in server.pages.feed.clients.load(ordering: .relaxed) == 1 }
      writer.settle(now: 2)
      Self.hand(.notice(at: 3, "heard"), to: writer)
      writer.settle(now: 3)
      writer.finish()
      let answer = client.read()
      #expect(!answer.contains("Transfer-Encoding"))
      let body = try #require(answer.firstRange(of: "\r\n\r\n").map { String(answer[$0.upperBound...]) })
      let events = try SampleEvents.parsed(body).events
      #expect(events.dropFirst().first == .lanes(at: 0, [SampleEvents.lane("x")]))
      #expect(events.contains(.notice(at: 3, "heard")) && !events.contains(.notice(at: 1, "unheard")))
    }
  }

  @Test func aSlowReaderIsToldOfItsGapAndHoldsNobodyUp() throws {
    try Self.withServer { server, writer in
      let slow = try LiveClient(port: server.port, window: 4096)
      let quick = try LiveClient(port: server.port)
      slow.get("/events")
      quick.get("/events")
      quick.read { _ in server.pages.feed.clients.load(ordering: .relaxed) == 2 }
      Self.begin(writer)
      // More than the queue and both sockets' buffers hold; the slow one reads nothing of it.
      let (rounds, perRound) = (120, 200)
      let line = SampleEvents.line(.end(SampleEvents.record("some text"))).utf8.count
      for round in 0..<rounds {
        for _ in 0..<perRound { Self.hand(.end(SampleEvents.record("some text")), to: writer) }
        writer.settle(now: Int64(round))
        let wanted = (round + 1) * perRound
        quick.read { client in client.received.count >= wanted * line }
      }
      slow.read { client in
        client.received.count > 6_000_000 || client.received.suffix(5).elementsEqual("]}\n\r\n".utf8)
      }
      EngineHarness.eventually("the gap is told") {
        Self.hand(.notice(at: 1, "later"), to: writer)
        writer.settle(now: 1_000_000)
        slow.read { _ in true }
        return server.pages.feed.state.withLock { $0.queues.values.allSatisfy { $0.missingEvents == 0 } }
      }
      writer.finish()
      let events = try SampleEvents.parsed(
        try #require(
          {
            slow.read(); return slow.chunks
          }())
      ).events
      // One gap, or more where the reader was slow a second time.
      let gaps = events.enumerated().compactMap { place, event -> (place: Int, ends: Int)? in
        if case .gap(let told) = event { (place, told.ends ?? 0) } else { nil }
      }
      let place = try #require(gaps.first?.place)
      let ends = events.count { if case .end = $0 { true } else { false } }
      #expect(ends + gaps.reduce(0) { $0 + $1.ends } == rounds * perRound)
      #expect(events[place...].contains { if case .lanes = $0 { true } else { false } })
      quick.read()
      let all = try SampleEvents.parsed(try #require(quick.chunks)).events
      #expect(all.count { if case .end = $0 { true } else { false } } == rounds * perRound)
    }
  }

  @Test func manyClientsAreServedAndTheRestWaits() throws {
    try Self.withServer { server, writer in
      Self.begin(writer)
      var clients: [LiveClient] = []
      for _ in 0..<(LiveServer.connectionLimit + 4) {
        let client = try LiveClient(port: server.port)
        client.get("/events")
        clients.append(client)
      }
      clients[0].read { _ in server.pages.feed.clients.load(ordering: .relaxed) == LiveServer.connectionLimit }
      Self.hand(.notice(at: 3, "heard"), to: writer)
      writer.settle(now: 3)
      for client in clients.prefix(LiveServer.connectionLimit) {
        #expect(client.read { $0.text.contains("heard") }.contains("heard"))
      }
      // One goes, one of those who wait comes in.
      clients.removeFirst(8)
      for client in clients.suffix(4) { #expect(client.read { !$0.received.isEmpty }.contains("200 OK")) }
      writer.finish()
    }
  }

  @Test func aBusyPortIsOneLine() throws {
    try Self.withServer { server, _ in
      let failure = #expect(throws: ToolFailure.self) {
        _ = try LiveServer(LiveAddress(host: "127.0.0.1", port: server.port)) { nil }
      }
      #expect(failure?.message == "--metrics-listen 127.0.0.1:\(server.port): cannot listen: Address already in use")
    }
  }
}
