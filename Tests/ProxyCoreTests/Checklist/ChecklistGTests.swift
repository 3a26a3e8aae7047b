import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// Connections, retries and pools over real sockets.
@Suite("Checklist G: connections, retries, pools") struct ChecklistGTests {
  static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

  /// Answers once on each connection, and ends it when the next request is there; what came is noted.
  static func dyingOrigin() throws -> ScriptedOrigin {
    try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        if head.contains("/die") {
          peer.write(ok)
          _ = peer.readHead()
          return peer.close()
        }
        if head.contains("content-length: 5") || head.contains("Content-Length: 5") {
          origin.note(String(decoding: peer.read(count: 5) ?? [], as: UTF8.self))
        }
        guard peer.write(ok) else { return }
      }
    }
  }

  @Test("G1 a dead idle connection: the request goes again on a fresh one, but never a POST")
  func connectionsAreReusedAndDeadOnesReplaced() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        guard peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") else { return }
        if head.contains("/die") {
          // Gone with the next request, without an answer.
          _ = peer.readHead()
          return peer.close()
        }
      }
    }
    try await withProxy(to: origin.url) { server async throws in
      for _ in 0..<5 { #expect(try await exchange(server.port, get()).text.hasSuffix("ok")) }
      #expect(origin.connections == 1)
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      #expect(try await exchange(server.port, get("/again")).text.hasSuffix("ok"))
      #expect(origin.connections == 2)
      // A POST must not be sent twice.
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      let posted = try await exchange(
        server.port, "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
      ).text
      #expect(posted.hasPrefix("HTTP/1.1 502") && posted.contains("error=connection_terminated"))
    }
  }

  @Test("G1 a request with a body is sent again, whole, when all of it was kept") func g1ReplayedBody() async throws {
    let origin = try Self.dyingOrigin()
    try await withProxy(to: origin.url) { server async throws in
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      let put = "PUT /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
      #expect(try await exchange(server.port, put).text.hasSuffix("\r\n\r\nok"))
      #expect(origin.requests.last == "hello")
    }
    #expect(origin.connections == 2)
  }

  @Test("G1 once a response byte was seen nothing is sent again") func g1NotAfterAResponseByte() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write(Self.ok)
      _ = peer.readHead()
      peer.write("H")
      peer.close()
    }
    try await withProxy(to: origin.url) { server async throws in
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
      let text = try await exchange(server.port, get()).text
      #expect(text.hasPrefix("HTTP/1.1 502") && text.contains("cause=response_incomplete"))
    }
    #expect(origin.connections == 1)
  }

  @Test("G3 a body longer than the replay buffer is never sent twice, and never cut") func g3ReplayLimit() async throws
  {
    let origin = try Self.dyingOrigin()
    try await withProxy(to: origin.url, { $0.limits.replayBuffer = 4 }) { server async throws in
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      let put = "PUT /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello"
      let text = try await exchange(server.port, put).text
      #expect(text.hasPrefix("HTTP/1.1 502") && text.contains("cause=connection_terminated"))
    }
    #expect(origin.connections == 1)
  }

  @Test("G3 the replay buffer holds all or nothing") func g3AllOrNothing() {
    var buffer = ReplayBuffer(limit: 5)
    buffer.keep(ByteBuffer(string: "abc"))
    buffer.keep(ByteBuffer(string: "de"))
    #expect(buffer.isWhole && buffer.bytes == ByteBuffer(string: "abcde"))
    buffer.keep(ByteBuffer(string: "f"))
    #expect(!buffer.isWhole && buffer.bytes.readableBytes == 0)
    buffer.keep(ByteBuffer(string: "g"))
    #expect(buffer.bytes.readableBytes == 0)
  }

  @Test("G5 an idle connection that speaks is dropped") func anIdleConnectionThatSpeaksIsDropped() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      while !origin.requests.contains("speak") { yieldThread() }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
      _ = peer.readToEnd()
      origin.note("dropped")
    }
    try await withProxy(to: origin.url) { server async throws in
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
      origin.note("speak")
      #expect(await eventually { origin.requests.contains("dropped") })
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
      #expect(origin.connections == 2)
    }
  }

  @Test("G5 an idle connection that ends is dropped, and one that waits too long") func g5IdleEnds() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      let head = peer.readHead() ?? ""
      peer.write(Self.ok)
      if head.contains("/end") { peer.finish() }
      _ = peer.readToEnd()
      origin.note("gone")
    }
    try await withProxy(to: origin.url, { $0.limits.upstreamIdle = .milliseconds(80) }) { server async throws in
      #expect(try await exchange(server.port, get("/end")).text.hasSuffix("ok"))
      #expect(await eventually { origin.requests.count == 1 })
      #expect(try await exchange(server.port, get("/wait")).text.hasSuffix("ok"))
      // A client that stays keeps the loop's clock going.
      let stays = try SocketPeer.connect(port: server.port)
      #expect(await eventually { origin.requests.count == 2 })
      stays.close()
    }
    #expect(origin.connections == 2)
  }

  @Test("G5 a connection is used so many times, and so long, and then no more") func g5WornOut() async throws {
    let origin = try ScriptedOrigin.answering(Self.ok)
    try await withProxy(to: origin.url, { $0.limits.upstreamRequests = 2 }) { server async throws in
      for _ in 0..<4 { #expect(try await exchange(server.port, get()).text.hasSuffix("ok")) }
    }
    #expect(origin.connections == 2)
    try await withProxy(to: origin.url, { $0.limits.upstreamAge = .milliseconds(40) }) { server async throws in
      #expect(
        await eventually {
          (try? await exchange(server.port, get()).text.hasSuffix("ok")) == true && origin.connections >= 4
        })
    }
  }

  @Test(
    "G6 only a connection whose message is over, and that may go on, is used again",
    arguments: [
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
    ])
  func g6NotPooled(_ response: String) async throws {
    let origin = try ScriptedOrigin.answering(response)
    try await withProxy(to: origin.url) { server async throws in
      for _ in 0..<3 { #expect(try await exchange(server.port, get()).text.hasSuffix("\r\n\r\nok")) }
    }
    #expect(origin.connections == 3)
  }

  @Test("G6 a response that comes before its request is over: the connection is not used again") func g6EarlyAnswer()
    async throws
  {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write(Self.ok)
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let put = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc"
      let (text, end) = try await exchange(server.port, put)
      #expect(text.hasSuffix("ok") && text.contains("\r\nconnection: close\r\n") && end == .fin)
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
    }
    #expect(origin.connections == 2)
  }

  @Test("G13 no limit on the whole: a stream that moves goes on for days") func g13NoTotalLimit() {
    let start = NIODeadline.uptimeNanoseconds(0)
    var window = RateWindow()
    for hour in 0..<72 {
      let now = start + .hours(Int64(hour))
      let facts = ExchangeDeadlines.Facts(
        phase: .streaming, requestIsComplete: true, awaitsContinue: false, hasAddress: true, upstreamBacklog: 0,
        upstreamIsPaused: false, upstreamProgress: now, clientProgress: start)
      #expect(ExchangeDeadlines.passed(facts, ProxyLimits(), now + .seconds(59)) == nil)
      let limits = ProxyLimits()
      let isTooSlow = window.isTooSlow(
        total: Int64(hour), waits: true, rate: limits.upstreamRate, window: limits.upstreamBody, at: now)
      #expect(!isTooSlow)
    }
  }

  @Test("G13 a limit on the rate, where one is set, is an average over its window") func g13Rate() {
    let start = NIODeadline.uptimeNanoseconds(0)
    var window = RateWindow()
    func look(_ second: Int64, _ total: Int64, waits: Bool = true) -> Bool {
      window.isTooSlow(total: total, waits: waits, rate: 100, window: .seconds(10), at: start + .seconds(second))
    }
    #expect(!look(0, 0) && !look(9, 0))
    // Burst and rest: a thousand bytes in ten seconds are enough, whenever they come.
    #expect(!look(10, 1000) && !look(19, 1000))
    #expect(look(20, 1999))
    // Time in which nobody waited for this peer counts for nothing.
    #expect(!look(21, 2000, waits: false) && !look(35, 2000) && !look(44, 2000) && look(45, 2000))
  }

  @Test("G14 Upgrade is refused by stripping: the upstream never hears of it, and a 101 is an error")
  func g14Upgrade() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        peer.write(
          head.hasPrefix("GET /switch ") ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n" : Self.ok)
      }
    }
    let fields = "Connection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    try await withProxy(to: origin.url) { server async throws in
      let text = try await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n").text
      #expect(text.hasSuffix("ok"))
      let asked = origin.requests.last?.lowercased() ?? ""
      #expect(asked.contains("sec-websocket-version: 13"))
      #expect(!asked.contains("upgrade"))
      let switched = try await exchange(server.port, "GET /switch HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .text
      #expect(switched.hasPrefix("HTTP/1.1 502") && switched.contains("cause=unexpected_upgrade"))
    }
  }
}
