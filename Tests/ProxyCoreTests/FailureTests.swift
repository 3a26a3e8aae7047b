import TestSupport
import Testing

@testable import ProxyCore

/// Over real sockets: every failure is told before the head and seen as a cut after it.
@Suite struct FailureTests {
  enum Ending: CaseIterable, Sendable { case fin, reset }

  static func cut(
    _ bytes: String, request: String = get(), _ ending: Ending = .fin
  ) async throws -> (text: String, end: SocketPeer.End) {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(bytes)
      if ending == .reset { peer.reset() } else { peer.close() }
    }
    return try await withProxy(to: origin.url) { try await exchange($0.port, request) }
  }

  @Test(arguments: ["", "5\r\n", "5\r\nhe", "5\r\nhello", "5\r\nhello\r\n", "5\r\nhello\r\n0", "5\r\nhello\r\n0\r\n"])
  func aCutChunkedBodyHasNoEnd(_ sent: String) async throws {
    let (text, end) = try await Self.cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(sent)")
    #expect(text.hasPrefix("HTTP/1.1 200 OK"))
    #expect(text.httpBody == sent)
    #expect(end == .fin)
  }

  @Test func aShortBodyIsNotPadded() async throws {
    let (text, end) = try await Self.cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")
    #expect(text.httpBody == "hello" && end == .fin)
    #expect(text.contains("Content-Length: 10"))
  }

  /// The bytes and the reset come with one wake-up: the read after the last good one fails.
  @Test(arguments: ["Content-Length: 100", "Transfer-Encoding: chunked", "X-Framing: none"])
  func aResetRightAfterBytesEndsTheClientToo(_ framing: String) async throws {
    for _ in 0..<10 {
      let (text, end) = try await Self.cut("HTTP/1.1 200 OK\r\n\(framing)\r\n\r\n5\r\nhello\r\n", .reset)
      #expect(end == .fin)
      #expect(!text.hasSuffix("0\r\n\r\n"))
      #expect(text.contains("200 OK") || text.contains(" 502 "))
    }
  }

  @Test func towardsHTTP10ACutIsAReset() async throws {
    let old = "GET / HTTP/1.0\r\n\r\n"
    let (_, end) = try await Self.cut(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", request: old)
    #expect(end == .reset)
    let (_, counted) = try await Self.cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", request: old)
    #expect(counted == .fin)
  }

  @Test func aResetBodyThatWouldEndWithItsConnectionIsNotWhole() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\n\r\nhello")
      // Until the client has seen the bytes.
      while origin.requests.isEmpty { yieldThread() }
      peer.reset()
    }
    try await withProxy(to: origin.url) { server async throws in
      let text = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write(get())
        let first = client.read(through: "hello") ?? ""
        origin.note("seen")
        return first + String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
      #expect(text.httpBody.hasPrefix("5\r\nhello"))
      #expect(!text.contains("0\r\n\r\n"))
    }
  }

  @Test func bothLengthsAreRefused() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    try await withProxy(to: origin.url) { server async throws in
      let text = try await exchange(server.port, get("/", "X-Request-Id: r1\r\n")).text
      #expect(text.hasPrefix("HTTP/1.1 502 Bad Gateway"))
      #expect(text.contains("proxy-status: gzproxy; error=http_protocol_error; cause=length_and_chunked"))
      #expect(
        text.contains("application/problem+json") && text.contains("\"cause\":\"length_and_chunked\"")
          && text.contains("\"request_id\":\"r1\""))
      #expect(!text.contains("\(origin.port)"))
      let head = try await exchange(server.port, "HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").text
      #expect(head.contains("cause=length_and_chunked") && head.httpBody.isEmpty)
    }
  }

  @Test(arguments: [
    ("", "connection_terminated", 502), ("HTTP/1.1 200 OK\r\nA:", "response_incomplete", 502),
    ("garbage\r\n\r\n", "malformed_response", 502),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "response_transfer_coding", 502),
    ("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", "invalid_response_length", 502),
    ("HTTP/1.1 101 Up\r\n\r\n", "unexpected_upgrade", 502),
  ])
  func failuresBeforeTheHead(_ bytes: String, _ cause: String, _ status: Int) async throws {
    let text = try await Self.cut(bytes).text
    #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    #expect(text.contains("cause=\(cause)\r\n"))
  }

  @Test func limitsOfTheResponseHead() async throws {
    let big = "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: 70_000))\r\n\r\n"
    #expect(try await Self.cut(big).text.contains("cause=response_head_too_large"))
    let flood = String(repeating: "HTTP/1.1 102 P\r\n\r\n", count: 40)
    #expect(try await Self.cut(flood).text.contains("cause=too_many_interim"))
  }

  @Test func nobodyListens() async throws {
    let port = try ScriptedOrigin { _, _ in }.port
    let text = try await withProxy(to: "http://127.0.0.1:\(port)") { try await exchange($0.port, get()).text }
    #expect(text.hasPrefix("HTTP/1.1 502") && text.contains("error=connection_refused"))
  }

  @Test func theNameDoesNotExist() async throws {
    let text = try await withProxy(to: "http://no-such-host.invalid:9", { $0.limits.upstreamConnect = .seconds(3) }) {
      try await exchange($0.port, get()).text
    }
    #expect(text.contains("error=dns_error") || text.contains("error=dns_timeout"))
  }

  @Test func aSilentUpstream() async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    let text = try await withProxy(to: origin.url, { $0.limits.upstreamHead = .milliseconds(80) }) {
      try await exchange($0.port, get()).text
    }
    #expect(text.hasPrefix("HTTP/1.1 504") && text.contains("error=http_response_timeout"))
  }

  @Test func anUpstreamThatStallsInItsBody() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
      _ = peer.readToEnd()
    }
    let (text, end) = try await withProxy(to: origin.url, { $0.limits.upstreamBody = .milliseconds(80) }) {
      try await exchange($0.port, get())
    }
    #expect(text.httpBody == "5\r\nhello\r\n" && end == .fin, "\(text) \(end)")
  }

  @Test func aSlowRequest() async throws {
    let origin = try ScriptedOrigin { _, _ in }
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.clientHead = .milliseconds(80)
      $0.limits.clientBody = .milliseconds(80)
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let head = try await exchange(server.port, "GET / HT").text
      #expect(head.hasPrefix("HTTP/1.1 408") && head.contains("connection: close"))
      #expect(try await exchange(server.port, "").text.isEmpty)
    }
    let silent = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    try await withProxy(to: silent.url, change) { server async throws in
      let body = try await exchange(server.port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab").text
      #expect(body.hasPrefix("HTTP/1.1 408"))
    }
  }

  @Test func faultyChunksOfARequest() async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    let text = try await withProxy(to: origin.url) {
      try await exchange($0.port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n").text
    }
    #expect(text.hasPrefix("HTTP/1.1 400") && text.contains("cause=malformed_request_body"))
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/2.0\r\n\r\n", 505), ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n\r\n", 414),
    ("SLUDGE / HTTP/1.1\r\nHost: a\r\n\r\n", 501),
    ("GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 70_000))\r\n\r\n", 431), ("\u{16}\u{3}\u{1}", 400),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
  ])
  func refusedRequestsNeverReachTheUpstream(_ request: String, _ status: Int) async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    // What is not even a line is refused when the client has said all it will.
    let request = request.hasSuffix("\n") ? request : request + "\r\n"
    let (text, end) = try await withProxy(to: origin.url) { try await exchange($0.port, request) }
    #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    #expect(text.contains("connection: close\r\n") && text.contains("error=http_request_error") && end == .fin)
    #expect(origin.connections == 0)
  }

  @Test func moreThanTheResponseIsNotPassedOn() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    try await withProxy(to: origin.url) { server async throws in
      let (text, end) = try await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(text.httpBody == "abc" && end == .fin)
    }
  }

  /// The first response ends exactly where a read ends, so what follows it is still in the socket when the connection is
  /// free again: it must not become the answer to the next request.
  @Test func whatFollowsAResponseIsNotTheNextOne() async throws {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\nX-Pad: "
    let size = ProxyLimits.upstreamRead
    let padding = String(repeating: "p", count: size - head.utf8.count - 4 - 100_000)
    let first = head + padding + "\r\n\r\n" + String(repeating: "b", count: 100_000)
    #expect(first.utf8.count == size)
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(first + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
      _ = peer.readHead()
    }
    try await withProxy(to: origin.url) { server async throws in
      let text = try await exchange(server.port, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + get("/2")).text
      #expect(!text.contains("evil"))
      #expect(text.split(separator: "HTTP/1.1 200 OK").count == 2)
    }
  }

  /// Whole at the proxy is not whole at the client: what a shutdown keeps from the kernel is cut, and seen to be.
  @Test func aResponseThatIsNotAllSentAtShutdownIsReset() async throws {
    let body = String(repeating: "x", count: 100_000)
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n186a0\r\n\(body)\r\n0\r\n\r\n")
    try await withProxy(to: origin.url, { $0.clientSendBuffer = 8192 }) { server async throws in
      let client = try await blocking {
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 2048)
        client.write("GET / HTTP/1.0\r\n\r\n")
        _ = client.read(through: "\r\n\r\n")
        return client
      }
      let cut = await server.shutdown(within: .milliseconds(100))
      let (bytes, end) = try await blocking { client.readToEnd() }
      #expect(end == .reset || bytes.count >= body.utf8.count)
      #expect(cut == (end == .reset ? 1 : 0))
    }
  }

  @Test func aRequestWithoutAnAnswerIsToldOfTheShutdown() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      if let head = peer.readHead() { origin.note(head) }
      _ = peer.readHead()
    }
    try await withProxy(to: origin.url) { server async throws in
      async let answer = exchange(server.port, get())
      while origin.requests.isEmpty { await Task.yield() }
      #expect(await server.shutdown(within: .zero) == 1)
      let (text, end) = try await answer
      #expect(text.hasPrefix("HTTP/1.1 503 ") && text.contains("cause=draining") && end == .fin)
    }
  }
}
