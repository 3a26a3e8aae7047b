import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Failures before a response head, over real sockets: each has its status, its RFC 9209 token and its cause.
@Suite("Checklist D: errors before the response head") struct ChecklistDTests {
  /// What the client of a proxy in front of that upstream gets.
  static func answer(
    _ upstream: String, _ request: String = get(), _ change: (inout ProxyConfiguration) -> Void = { _ in }
  ) async throws -> String {
    try await withProxy(to: upstream, change) { try await exchange($0.port, request).text }
  }

  /// The same, for an upstream that says these bytes and ends.
  static func answer(saying bytes: String, reset: Bool = false, _ request: String = get()) async throws -> String {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(bytes)
      if reset { peer.reset() } else { peer.close() }
    }
    return try await answer(origin.url, request)
  }

  static func expect(
    _ text: String, _ status: Int, _ proxyStatus: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(text.hasPrefix("HTTP/1.1 \(status) "), "\(text)", sourceLocation: sourceLocation)
    #expect(
      text.contains("proxy-status: gzproxy; error=\(proxyStatus)\r\n"), "\(text)", sourceLocation: sourceLocation)
  }

  @Test("D1 a closed port is connection_refused") func d1ClosedPort() async throws {
    let closed = try ClosedPort()
    Self.expect(try await Self.answer(closed.url), 502, "connection_refused; cause=connection_refused")
  }

  @Test("D2 a name that cannot be resolved tells the DNS's answer", arguments: ["NXDOMAIN", "SERVFAIL"])
  func d2NoSuchName(_ code: String) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let failure = ConnectFailure(cause: .dnsError, detail: .responseCode(code))
    let resolver = FixedResolver(eventLoop: group.next(), failure: failure)
    let text = try await Self.answer("http://origin.test:9") { $0.resolver = resolver }
    Self.expect(text, 502, "dns_error; rcode=\"\(code)\"; cause=dns_error")
    try await group.shutdownGracefully()
  }

  @Test("D2 the system's resolver errors are told in DNS words") func d2SystemResolver() {
    #expect(ConnectFailure.unresolved(Int(EAI_NONAME)).detail == .responseCode("NXDOMAIN"))
    #expect(ConnectFailure.unresolved(Int(EAI_AGAIN)).detail == .responseCode("SERVFAIL"))
    #expect(ConnectFailure.unresolved(Int(EAI_FAIL)).cause == .dnsError)
  }

  @Test("D2 a resolver that does not answer is dns_timeout") func d2ResolverTimeout() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let resolver = FixedResolver(eventLoop: group.next(), failure: nil)
    let text = try await Self.answer("http://origin.test:9") {
      $0.resolver = resolver
      $0.limits.upstreamConnect = .milliseconds(80)
    }
    Self.expect(text, 504, "dns_timeout; cause=dns_timeout")
    try await group.shutdownGracefully()
  }

  @Test("D3 a connection attempt that nobody answers is connection_timeout") func d3NoAnswer() async throws {
    let listener = try UnansweringListener()
    let text = try await Self.answer(listener.url) { $0.limits.upstreamConnect = .milliseconds(80) }
    Self.expect(text, 504, "connection_timeout; cause=connection_timeout")
  }

  @Test("D4 no route is destination_ip_unroutable", arguments: [ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL])
  func d4NoRoute(_ code: CInt) async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // What the system would say, said by the resolver: there is no unroutable address that every machine has.
    let failure = ConnectFailure(IOError(errnoCode: code, reason: "connect"))
    let resolver = FixedResolver(eventLoop: group.next(), failure: failure)
    let text = try await Self.answer("http://origin.test:9") { $0.resolver = resolver }
    Self.expect(text, 502, "destination_ip_unroutable; cause=destination_unroutable")
    try await group.shutdownGracefully()
  }

  @Test("D6 TLS: an alert tells its number, garbage is tls_protocol_error")
  func d6TLS() async throws {
    // A TLS 1.2 record: fatal (2) handshake_failure (40).
    let alert = try ScriptedOrigin { peer, _ in
      peer.write([0x15, 3, 3, 0, 2, 2, 40])
      _ = peer.readToEnd()
    }
    Self.expect(
      try await Self.answer("https://127.0.0.1:\(alert.port)"), 502, "tls_alert_received; alert-id=40; cause=tls_alert")
    let garbage = try ScriptedOrigin { peer, _ in
      peer.write("HTTP/1.1 400 Bad\r\n\r\n")
      _ = peer.readToEnd()
    }
    Self.expect(
      try await Self.answer("https://127.0.0.1:\(garbage.port)"), 502, "tls_protocol_error; cause=tls_protocol")
  }

  @Test("D6 TLS: a certificate that is not trusted is tls_certificate_error") func d6Certificate() async throws {
    let text = try await TLSTests.fetch("HTTP/1.1 200 OK\r\n\r\n", clean: true, trusted: false)
    Self.expect(text, 502, "tls_certificate_error; cause=tls_certificate")
  }

  @Test("D7 a connection that ends before any byte is connection_terminated", arguments: [false, true])
  func d7EndBeforeHead(_ reset: Bool) async throws {
    Self.expect(
      try await Self.answer(saying: "", reset: reset), 502, "connection_terminated; cause=connection_terminated")
  }

  @Test(
    "D8 half a head is http_response_incomplete", arguments: ["H", "HTTP/1.1 200 OK\r\nA: b", "HTTP/1.1 200 OK\r\n"])
  func d8HalfAHead(_ bytes: String) async throws {
    Self.expect(
      try await Self.answer(saying: bytes), 502, "http_response_incomplete; cause=response_incomplete")
  }

  @Test("D9 a head that never comes, or never ends, is http_response_timeout", arguments: ["", "HTTP/1.1 200 OK\r\nA"])
  func d9NoHead(_ bytes: String) async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(bytes)
      _ = peer.readToEnd()
    }
    let text = try await Self.answer(origin.url) { $0.limits.upstreamHead = .milliseconds(80) }
    Self.expect(text, 504, "http_response_timeout; cause=response_timeout")
  }

  @Test("D10 an upstream that does not take the body is connection_write_timeout") func d10UpstreamDoesNotRead()
    async throws
  {
    let origin = try ScriptedOrigin(receiveBuffer: 8192) { peer, origin in
      _ = peer.readHead()
      while !origin.requests.contains("over") { yieldThread() }
    }
    let text = try await withProxy(to: origin.url, { $0.limits.upstreamWrite = .milliseconds(80) }) { server in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 67108864\r\n\r\n")
        let piece = [UInt8](repeating: 7, count: 1_048_576)
        for _ in 0..<64 where client.writeSome(piece) < piece.count { break }
        return String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
    }
    origin.note("over")
    Self.expect(text, 504, "connection_write_timeout; cause=upstream_write_timeout")
  }

  @Test(
    "D11 what is no valid head is http_protocol_error",
    arguments: [
      ("garbage\r\n\r\n", "malformed_response"),
      ("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", "invalid_response_length"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", "length_and_chunked"),
      ("HTTP/1.1 101 Up\r\n\r\n", "unexpected_upgrade"),
    ])
  func d11Malformed(_ bytes: String, _ cause: String) async throws {
    Self.expect(try await Self.answer(saying: bytes), 502, "http_protocol_error; cause=\(cause)")
  }

  @Test("D12 a head beyond its limit is http_response_header_section_size") func d12HeadTooBig() async throws {
    let big = "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: 70_000))\r\n\r\n"
    Self.expect(
      try await Self.answer(saying: big), 502, "http_response_header_section_size; cause=response_head_too_large")
  }

  @Test("D13 at the limit of connections: 503 with Retry-After") func d13ConnectionLimit() async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    try await withProxy(to: origin.url, { $0.limits.upstreamConnections = 1 }) { server async throws in
      let first = try SocketPeer.connect(port: server.port)
      first.write(get())
      #expect(await eventually { origin.connections == 1 })
      let text = try await exchange(server.port, get()).text
      Self.expect(text, 503, "connection_limit_reached; cause=connection_limit")
      #expect(text.contains("\r\nretry-after: 1\r\n"))
    }
    let text = try await Self.answer(origin.url) { $0.descriptorLimit = 32 }
    Self.expect(text, 503, "connection_limit_reached; cause=out_of_descriptors")
  }

  @Test("D13 the limit counts connections in use: idle ones of any loop make room") func d13IdleOnesMakeRoom()
    async throws
  {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    let change: (inout ProxyConfiguration) -> Void = {
      $0.threads = 3
      $0.limits.upstreamConnections = 1
    }
    try await withProxy(to: origin.url, change) { server async throws in
      // Each connection is on the next loop, and finds the only place taken by another loop's idle connection.
      for _ in 0..<12 { #expect(try await exchange(server.port, get()).text.hasSuffix("\r\n\r\nok")) }
    }
    #expect(origin.connections > 3)
  }

  @Test(
    "D16 a client's fault is http_request_error with its status",
    arguments: [
      ("GET / HTTP/1.1\r\n\r\n", 400, "invalid_host"),
      ("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413, "request_body_too_large"),
      ("PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello", 413, "request_body_too_large"),
      ("GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\r\n", 414, "request_line_too_long"),
      ("GET / HTTP/1.1\r\nA: \(String(repeating: "a", count: 66_000))\r\n", 431, "request_fields_too_large"),
      ("GET / HT", 408, "request_timeout"),
    ])
  func d16ClientFault(_ request: String, _ status: Int, _ cause: String) async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    // A chunk of eleven bytes, of which six follow when five are through.
    let request = request.hasSuffix("hello") ? request + " world" : request
    let text = try await Self.answer(origin.url, request) {
      $0.limits.requestBody = 10
      $0.limits.clientHead = .milliseconds(200)
    }
    Self.expect(text, status, "http_request_error; status-code=\(status); cause=\(cause)")
  }
}
