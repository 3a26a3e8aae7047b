import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// Where two of the checklist's items meet: found by looking for them, and kept from coming back.
@Suite("Checklist: where items meet", .serialized) struct ChecklistMeetingsTests {
  @Test(
    "S2 a client that asks again and again and takes nothing holds no more than its bound", arguments: [true, false])
  func s2PipelinedAnswers(_ fromUpstream: Bool) async throws {
    let body = String(repeating: "x", count: 100_000)
    let origin = try ScriptedOrigin { peer, origin in
      while peer.readHead() != nil {
        origin.note("asked")
        guard peer.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n\(body)") else { return }
      }
    }
    try await withProxy(to: origin.url, ProxyStats.smallSockets) { server async throws in
      let client = try SocketPeer.connect(port: server.port, receiveBuffer: 8192)
      let request = "GET /\(fromUpstream ? "" : ".gzproxy/nothing") HTTP/1.1\r\nHost: a\r\n\r\n"
      client.write(String(repeating: request, count: 1500))
      #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
      for _ in 0..<60 { #expect(await ProxyStats.buffered(server.port) <= 524_288) }
      // An answer is there for each, once it is taken.
      let first = try await blocking { client.read(through: "HTTP/1.1 \(fromUpstream ? 200 : 404) ") }
      #expect(first != nil)
      client.close()
    }
    #expect(origin.requests.count < 100)
  }

  @Test("E4 a client without framing that ends its sending side in mid-body sees a reset, not the end of the body")
  func e04HalfClose() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let end = try await blocking { () -> SocketPeer.End in
        let client = try SocketPeer.connect(port: server.port)
        client.write("GET / HTTP/1.0\r\n\r\n")
        _ = client.read(through: "\r\n\r\nhello")
        client.finish()
        return client.readToEnd().end
      }
      #expect(end == .reset)
    }
  }

  @Test("A16 after an early response a client need not go on sending") func a16EarlyResponseGoesOn() async throws {
    let limit = Duration.milliseconds(200)
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      while !origin.requests.contains("enough") {
        guard peer.write("1\r\na\r\n"), !peer.wait(milliseconds: 10) else { return }
      }
      peer.write("0\r\n\r\n")
      _ = peer.readToEnd()
    }
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.clientBody = limit
      $0.limits.clientRate = 1_000_000
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let (bytes, end) = try await blocking { () -> ([UInt8], SocketPeer.End) in
        let client = try SocketPeer.connect(port: server.port)
        client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc")
        _ = client.readHead()
        let started = ContinuousClock.now
        while ContinuousClock.now - started < limit * 4 { _ = client.read(through: "a\r\n") }
        origin.note("enough")
        return client.readToEnd()
      }
      #expect(String(decoding: bytes, as: UTF8.self).hasSuffix("0\r\n\r\n") && end == .fin)
    }
  }

  @Test("G11 the admin listener is let in whatever the limits of clients say") func g11AdminIsLetIn() async throws {
    let origin = try ScriptedOrigin { _, _ in }
    let admin = try HostAndPort("127.0.0.1:0")
    let change: (inout ProxyConfiguration) -> Void = {
      $0.adminListen = admin
      $0.limits.connectionsPerClient = 1
      $0.descriptorLimit = 32
    }
    try await withProxy(to: origin.url, change) { server async throws in
      #expect(try await exchange(server.port, get()).text.contains("cause=out_of_descriptors"))
      let port = try #require(server.adminPort)
      #expect(try await exchange(port, get("/.gzproxy/readyz")).text.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("A3 chunks of a byte each leave as one piece for a client without chunks") func a03SmallChunks() {
    var relay = BodyRelay(.chunked, conversion: .withoutChunks)
    var bytes = ByteBuffer(string: String(repeating: "1\r\na\r\n", count: 1000) + "0\r\n\r\n")
    var pieces: [ByteBuffer] = []
    let progress = relay.receive(&bytes) { pieces.append($0) }
    #expect(progress == .complete && pieces.map(\.readableBytes) == [1000])
  }

  @Test(
    "F10 another protocol's first byte is refused at once, without the end of a line",
    arguments: ["\u{16}\u{3}\u{1}", "\0"])
  func f10FirstByte(_ bytes: String) async throws {
    let origin = try ScriptedOrigin { _, _ in }
    try await withProxy(to: origin.url) { server async throws in
      let (text, end) = try await exchange(server.port, bytes)
      #expect(text.hasPrefix("HTTP/1.1 400 ") && end == .fin)
    }
    #expect(origin.connections == 0)
  }

  @Test(
    "B7 with a path prefix no .. leads out of it; the path is never changed",
    arguments: [
      ("/../admin", true), ("/a/../../admin", true), ("/a/..", true), ("/%2e%2E/admin", true), ("/.%2e", true),
      ("/a%2f..%2fb", true), ("/..\\admin", true), ("/...", false), ("/a..b/", false), ("/.", false),
      ("/a?/../b", false),
      ("/..a/%2e%2e%2e", false), ("/%", false), ("/%2", false),
    ])
  func b07Prefix(_ path: String, _ climbs: Bool) async throws {
    let isRefused = Array(path.utf8).withUnsafeBytes { PathSegments.climb($0) }
    #expect(isRefused == climbs)
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    let request = "GET \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    let inside = try await withProxy(to: origin.url + "/inside") { try await exchange($0.port, request).text }
    #expect(inside.hasPrefix(climbs ? "HTTP/1.1 403 " : "HTTP/1.1 200 "))
    let plain = try await withProxy(to: origin.url) { try await exchange($0.port, request).text }
    #expect(plain.hasPrefix("HTTP/1.1 200 ") && origin.requests.last?.hasPrefix("GET \(path) HTTP/1.1\r\n") == true)
  }

  @Test("B1 a field that is called like the option close goes too") func b01FieldNamedClose() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nConnection: close\r\nClose: 1\r\nContent-Length: 0\r\n\r\n")
    let text = try await withProxy(to: origin.url) { try await exchange($0.port, get("/", "Close: 2\r\n")).text }
    #expect(text.hasPrefix("HTTP/1.1 200 OK") && !text.contains("Close: 1"))
    #expect(origin.requests.last?.contains("Close: 2") == false)
  }
}
