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
  ])
  func failuresBeforeTheHead(_ bytes: String, _ cause: String, _ status: Int) async throws {
    let text = try await Self.cut(bytes).text
    #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    #expect(text.contains("cause=\(cause)\r\n"))
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
