import TestSupport
import Testing

@testable import ProxyCore

/// Which response answers which request, and which bytes are whose.
@Suite("Checklist F: order, reuse, response smuggling") struct ChecklistFOrder {
  /// Answers each request with its path.
  static func echo() throws -> ScriptedOrigin {
    try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        let path = String(head.split(separator: " ")[1])
        origin.note(path)
        guard peer.put("HTTP/1.1 200 OK\r\nContent-Length: \(path.utf8.count)\r\n\r\n\(path)") else { return }
      }
    }
  }

  static func bodies(_ text: String) -> [String] {
    text.split(separator: "HTTP/1.1 200 OK\r\n").map { String($0).httpBody }
  }

  @Test("F13 pipelined requests go on one at a time and are answered in order", arguments: Wire.Pace.allCases)
  func f13Pipelined(_ pace: Wire.Pace) async throws {
    let origin = try Self.echo()
    let requests = (0..<20).map { Wire.keep("/\($0)") }.joined() + Wire.get("/end")
    let answer = try await withProxy(to: origin.url) { try await ask($0.port, requests, pace) }
    let expected = (0..<20).map { "/\($0)" } + ["/end"]
    #expect(Self.bodies(answer.text) == expected && origin.requests == expected)
    #expect(origin.connections == 1)
  }

  @Test("F13 the next request is not sent before the last is answered, even where connections break")
  func f13OneAtATime() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      guard let head = peer.readHead() else { return }
      origin.note("asked " + head.split(separator: " ")[1])
      // Whoever asks again on this or another connection before the answer is noted too early.
      for _ in 0..<200 { yieldThread() }
      origin.note("answered")
      peer.put("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
      peer.finish()
      _ = peer.readToEnd()
    }
    let answer = try await withProxy(to: origin.url) {
      try await ask($0.port, Wire.keep("/1") + Wire.keep("/2") + Wire.get("/3"))
    }
    #expect(answer.statuses == [200, 200, 200])
    #expect(origin.requests == ["asked /1", "answered", "asked /2", "answered", "asked /3", "answered"])
  }

  @Test(
    "F13 a bad request behind a good one costs the good one nothing",
    arguments: ["GET /bad\r\n\r\n", "\0", "GET / HTTP/1.1\r\n\r\n", "BAD / HTTP/1.1\r\n\r\n"])
  func f13BadSecond(_ bad: String) async throws {
    for pace in Wire.Pace.allCases {
      let origin = try Self.echo()
      let answer = try await withProxy(to: origin.url) {
        try await ask($0.port, Wire.keep("/good") + bad + "\r\n" + Wire.smuggled, pace)
      }
      #expect(answer.statuses.first == 200 && answer.statuses.count == 2 && (answer.statuses.last ?? 0) >= 400)
      #expect(answer.text.contains("\r\n\r\n/goodHTTP/1.1 ") && answer.end == .fin)
      #expect(origin.requests == ["/good"])
    }
  }

  @Test("F14 HTTP/1.0 keeps its connection where it asks to and the response has a length")
  func f14KeepAliveInHTTP10() async throws {
    func request(_ fields: String) -> String { "GET / HTTP/1.0\r\nX-Request-Id: me\r\n\(fields)\r\n" }
    let kept =
      "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nvia: 1.1 gzproxy-X\r\nx-request-id: me\r\nconnection: keep-alive\r\n\r\n"
    let counted = try ScriptedOrigin.answering(Wire.good)
    try await withProxy(to: counted.url) { server async throws in
      let two = try await ask(server.port, request("Connection: keep-alive\r\n") + request(""))
      #expect(two.text == kept + "good" + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.closed + "good")
      let one = try await ask(server.port, request("") + request(""))
      #expect(one.statuses == [200])
      let both = try await ask(server.port, request("Connection: keep-alive, close\r\n") + request(""))
      #expect(both.statuses == [200])
    }
    let chunked = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n")
    let answer = try await withProxy(to: chunked.url) {
      try await ask($0.port, request("Connection: keep-alive\r\n") + request(""))
    }
    #expect(answer.text == "HTTP/1.1 200 OK\r\n" + Wire.closed + "a" && answer.end == .fin)
  }

  @Test(
    "F15 F0.42 what follows a request that closes is ignored, and its response is whole",
    arguments: [Wire.smuggled, "\0\u{1}\r\n", "x"])
  func f15BytesBehindClose(_ extra: String) async throws {
    for pace in Wire.Pace.allCases {
      let origin = try Self.echo()
      let answer = try await withProxy(to: origin.url) { try await ask($0.port, Wire.get("/whole") + extra, pace) }
      #expect(answer.text == "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n" + Wire.closed + "/whole")
      #expect(answer.end == .fin && origin.requests == ["/whole"])
    }
  }

  @Test("F16 an absolute target goes to the upstream, not to whom it names")
  func f16AbsoluteTarget() async throws {
    try await ChecklistBTargets.expectNothingAtEvil("http://EVIL/x")
  }

  @Test("F16 CONNECT is refused", arguments: ["a:443", "/", "http://a/", "*"])
  func f16Connect(_ target: String) async throws {
    try await expectRefusal("CONNECT \(target) HTTP/1.1\r\nHost: a\r\n\r\n", 501, cause: "unsupported_method")
  }

  @Test("F16 the asterisk is for OPTIONS alone")
  func f16Asterisk() async throws {
    #expect(try await upstreamHead(Wire.keep("*", method: "OPTIONS")).first == "OPTIONS * HTTP/1.1")
    try await expectRefusal(Wire.keep("*"), 400, cause: "malformed_request")
    try await expectRefusal(Wire.keep("**", method: "OPTIONS"), 400, cause: "malformed_request")
  }

  @Test("F16 the preface of HTTP/2 is another version")
  func f16Preface() async throws {
    try await expectRefusal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, cause: "unsupported_version")
  }

  /// The first response ends exactly where a read ends, so what follows it is still in the socket when the connection is
  /// free again.
  @Test("F17 a response that nobody asked for does not answer the next request")
  func f17SecondResponse() async throws {
    let size = ProxyLimits.firstRead + ProxyLimits().upstreamRead
    let bodySize = size - 40_000
    let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bodySize)\r\nX-Pad: "
    let padding = String(repeating: "p", count: size - head.utf8.count - 4 - bodySize)
    let first = head + padding + "\r\n\r\n" + String(repeating: "b", count: bodySize)
    #expect(first.utf8.count == size)
    let origin = try ScriptedOrigin.saying(first + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
    let answer = try await withProxy(to: origin.url) { try await ask($0.port, Wire.keep("/1") + Wire.get("/2")) }
    #expect(!answer.text.contains("evil") && answer.statuses == [200, 200] && answer.text.hasSuffix("good"))
  }

  @Test(
    "F17 a body behind a response to HEAD is not passed on, and its connection not used again",
    arguments: ["Content-Length: 4", "Transfer-Encoding: chunked", "X: y"])
  func f17BodyBehindHead(_ field: String) async throws {
    let origin = try ScriptedOrigin.saying("HTTP/1.1 200 OK\r\n\(field)\r\n\r\nevil")
    try await withProxy(to: origin.url, { $0.limits.upstreamIdle = .seconds(60) }) { server async throws in
      let answer = try await ask(server.port, Wire.get().replacing("GET", with: "HEAD"))
      #expect(answer.statuses == [200] && answer.text.httpBody.isEmpty)
      #expect(await eventually { origin.isBurnt })
      #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
    }
  }

  @Test(
    "F17 a malformed head is 502 and its connection not used again",
    arguments: [
      "garbage\r\n\r\n", "HTTP/1.1 200 OK\n\n", "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 099 x\r\n\r\n",
      "HTTP/1.1 2000 OK\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n",
      "HTTP/2 200\r\n\r\n", "HTTP/1.1 OK\r\n\r\n", "<html>\r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 200\tOK\r\n\r\n",
    ])
  func f17MalformedHeads(_ head: String) async throws {
    for pace in Wire.Pace.allCases { try await expectBadGateway(head, cause: "malformed_response", pace) }
  }

  @Test("F17 a flood of interim responses: 32 pass, one more is 502 and its connection not used again")
  func f17InterimFlood() async throws {
    let interim = "HTTP/1.1 102 P\r\n\r\n"
    let fits = try await relay(String(repeating: interim, count: 32) + Wire.good)
    #expect(fits.statuses == Array(repeating: 102, count: 32) + [200])
    let origin = try ScriptedOrigin.saying(String(repeating: interim, count: 33) + Wire.good)
    try await withProxy(to: origin.url, { $0.limits.upstreamIdle = .seconds(60) }) { server async throws in
      let flood = try await ask(server.port, Wire.get())
      #expect(flood.statuses == Array(repeating: 102, count: 32) + [502])
      #expect(flood.text.contains("; cause=too_many_interim\r\n"))
      #expect(await eventually { origin.isBurnt })
      #expect(try await ask(server.port, Wire.get()).text.hasSuffix("good"))
      #expect(origin.connections == 2)
    }
  }
}
