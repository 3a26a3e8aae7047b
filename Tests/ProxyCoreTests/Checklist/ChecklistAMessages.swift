import TestSupport
import Testing

@testable import ProxyCore

/// What comes before, after and instead of a body: trailers, interim responses, expectations, early answers.
@Suite("Checklist A: trailers, interim and early responses") struct ChecklistAMessages {
  static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\n"
  static let askingTrailers = "TE: gzip;q=0.5, Trailers\r\nConnection: TE\r\n"
  static let forbidden = [
    "Content-Length: 5", "Transfer-Encoding: chunked", "TE: trailers", "Host: evil", "Authorization: x",
    "WWW-Authenticate: x", "Proxy-Authorization: x", "Content-Encoding: gzip", "Content-Type: x", "Content-Range: x",
    "Connection: X-Hop", "X-Hop: 1", "Trailer: x", "Set-Cookie: a", "Cache-Control: no-store", "Age: 1", "Expires: x",
    "Location: /", "Vary: *", "Date: x", "Via: 1.1 x", "CDN-Loop: x", "Forwarded: for=x", "X-Forwarded-For: x",
    "X-Request-Id: x", "Expect: 100-continue", "Max-Forwards: 1", "If-Match: *", "Range: bytes=0-", "Cookie: a",
    "Keep-Alive: 1", "Upgrade: h2c", "Proxy-Connection: x",
  ]

  @Test(
    "A13 trailers reach who asked for them, without those that have no business there", arguments: Wire.Pace.allCases)
  func a13TrailersForWhoAsked(_ pace: Wire.Pace) async throws {
    let section = "X-Sum: 1\r\n" + Self.forbidden.map { "\($0)\r\n" }.joined() + "Repr-Digest: \r\n\r\n"
    let answer = try await relay(Self.chunked + section, to: Wire.get("/", Self.askingTrailers), pace)
    #expect(answer.text.contains("\r\nTrailer: X-Sum\r\n"))
    #expect(answer.text.httpBody == "5\r\nhello\r\n0\r\nX-Sum: 1\r\nRepr-Digest: \r\n\r\n")
  }

  @Test("A13 trailers that nobody asked for are dropped, and the body is whole", arguments: Wire.Pace.allCases)
  func a13TrailersDropped(_ pace: Wire.Pace) async throws {
    let answer = try await relay(Self.chunked + "X-Sum: 1\r\n\r\n", pace)
    #expect(
      answer.text == "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n" + Wire.closed + "5\r\nhello\r\n0\r\n\r\n")
  }

  @Test("A13 a request's trailers go up, without the forbidden ones", arguments: Wire.Pace.allCases)
  func a13RequestTrailers(_ pace: Wire.Pace) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.takeHead() ?? "")
      origin.note(peer.read(through: "\r\n\r\n") ?? "")
      peer.write(Wire.good)
      _ = peer.readToEnd()
    }
    let section = "X-Sum: 1\r\n" + Self.forbidden.map { "\($0)\r\n" }.joined() + "\r\n"
    _ = try await withProxy(to: origin.url) {
      try await ask(
        $0.port, Wire.get("/", "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n") + "2\r\nab\r\n0\r\n" + section, pace)
    }
    #expect(origin.requests[0].contains("\r\nTrailer: X-Sum\r\n"))
    #expect(origin.requests[1] == "2\r\nab\r\n0\r\nX-Sum: 1\r\n\r\n")
  }

  @Test("A13 a trailer section is held to the limits of a head")
  func a13TrailerLimits() async throws {
    let change: (inout ProxyConfiguration) -> Void = { $0.limits.headerBytes = 300 }
    let fits = "T: \(String(repeating: "x", count: 295))\r\n"
    let whole = try await relay(Self.chunked + fits + "\r\n", to: Wire.get("/", Self.askingTrailers), with: change)
    #expect(whole.text.httpBody == "5\r\nhello\r\n0\r\n" + fits + "\r\n")
    for pace in Wire.Pace.allCases {
      try await expectCut(Self.chunked + "X" + fits + "\r\n", body: "5\r\nhello\r\n", pace, with: change)
    }
  }

  @Test("A14 interim responses pass in their order, the unknown ones too", arguments: Wire.Pace.allCases)
  func a14InterimResponses(_ pace: Wire.Pace) async throws {
    let interim = "HTTP/1.1 103 Early\r\nLink: a\r\n\r\nHTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 103 Again\r\nLink: b\r\n\r\n"
    let answer = try await relay(interim + "HTTP/1.1 100 Continue\r\n\r\n" + Wire.good, pace)
    #expect(answer.text == interim + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.closed + "good")
    let old = try await relay(interim + Wire.good, to: Wire.get(version: "1.0"), pace)
    #expect(old.text == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.closed + "good")
  }

  @Test(
    "A14 a switch of protocols that nobody asked for is refused, asked or not",
    arguments: ["", "Upgrade: x\r\nConnection: upgrade\r\n"])
  func a14NoSwitchingProtocols(_ fields: String) async throws {
    let origin = try ScriptedOrigin.saying(
      "HTTP/1.1 103 E\r\n\r\nHTTP/1.1 101 Up\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
    try await withProxy(to: origin.url) { server async throws in
      let answer = try await ask(
        server.port, Wire.get("/", fields.replacing("upgrade\r\n", with: "upgrade, close\r\n")))
      #expect(answer.statuses == [103, 502] && answer.text.contains("; cause=unexpected_upgrade\r\n"))
      #expect(await eventually { origin.isBurnt })
    }
    #expect(origin.requests.first?.lowercased().contains("upgrade") == false)
  }

  static let expecting =
    "POST / HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"

  @Test("A15 an expectation goes up, and the upstream's 100 comes down before the body")
  func a15ExpectationIsMet() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.takeHead() ?? "")
      peer.write("HTTP/1.1 100 Continue\r\n\r\n")
      origin.note(peer.read(count: 4).map(Wire.text) ?? "")
      peer.write(Wire.good)
      _ = peer.readToEnd()
    }
    let (interim, final) = try await withProxy(to: origin.url) { server async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put(Self.expecting)
        let interim = client.takeHead()
        client.put("body")
        return (interim, client.takeResponse())
      }
    }
    #expect(interim == "HTTP/1.1 100 Continue\r\n\r\n")
    #expect(final == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.kept + "good")
    #expect(origin.requests.first?.contains("\r\nExpect: 100-continue\r\n") == true && origin.requests.last == "body")
  }

  @Test("A15 a final answer instead of 100 comes down alone, and no body goes up", arguments: [417, 413])
  func a15ExpectationFails(_ status: Int) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.takeHead() ?? "")
      peer.write("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno")
      origin.note("then " + Wire.text(peer.readToEnd().bytes))
    }
    try await withProxy(to: origin.url) { server async throws in
      let answer = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put(Self.expecting)
        let answer = client.takeResponse() ?? ""
        // Too late: it must not be taken for a request, nor reach the upstream.
        client.put(Wire.smuggled)
        return (answer, client.takeAll())
      }
      #expect(answer.0 == "HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n" + Wire.closed + "no")
      #expect(answer.1.bytes.isEmpty && answer.1.end == .fin)
      #expect(await eventually { origin.requests.last == "then " })
    }
    #expect(origin.connections == 1)
  }

  @Test("A15 a client that does not wait for 100 is relayed, and no 100 is made here")
  func a15ClientDoesNotWait() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      origin.note(peer.read(count: 4).map(Wire.text) ?? "")
      peer.write(Wire.good)
      _ = peer.readToEnd()
    }
    let answer = try await withProxy(to: origin.url) { server async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put(Self.expecting + "body")
        return client.takeResponse()
      }
    }
    #expect(answer == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n" + Wire.kept + "good" && origin.requests == ["body"])
  }

  @Test("A15 another expectation is 417, and HTTP/1.0 has none")
  func a15OtherExpectations() async throws {
    for value in ["x", "100-continue, x", "100-continue\r\nExpect: 100-continue", ""] {
      try await expectRefusal(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nExpect: \(value)\r\n\r\n", 417, cause: "expectation_failed")
    }
    let old = try await upstreamHead("GET / HTTP/1.0\r\nHost: pub\r\nExpect: 100-continue\r\nX-Request-Id: me\r\n\r\n")
    #expect(!old.contains { $0.hasPrefix("Expect") })
  }

  @Test("A16 an answer during an upload arrives at once, ends the upload, and survives it", arguments: [413, 401, 302])
  func a16EarlyAnswer(_ status: Int) async throws {
    let taken = Counter()
    let origin = try ScriptedOrigin(receiveBuffer: 16_384) { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 \(status) No\r\nContent-Length: 4\r\n\r\nnope")
      taken.add(peer.readToEnd().bytes.count)
      origin.note("ended")
    }
    try await withProxy(to: origin.url) { server async throws in
      let (early, rest) = try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put("POST / HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\nContent-Length: 100000000\r\n\r\n")
        let early = client.takeResponse() ?? ""
        // It goes on sending, as a client that has not looked yet does.
        client.write([UInt8](repeating: 120, count: 3_000_000))
        return (early, client.takeAll())
      }
      #expect(early == "HTTP/1.1 \(status) No\r\nContent-Length: 4\r\n" + Wire.closed + "nope")
      #expect(rest.bytes.isEmpty && rest.end == .fin)
      #expect(await eventually { origin.isBurnt })
      #expect(taken.value == 0)
    }
  }

  @Test("A16 it survives a client that looks only when it has sent everything")
  func a16LateLook() async throws {
    let origin = try ScriptedOrigin.saying("HTTP/1.1 401 No\r\nContent-Length: 4\r\n\r\nnope")
    let answer = try await withProxy(to: origin.url) { server async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.put("POST / HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\nContent-Length: 4000000\r\n\r\n")
        client.write([UInt8](repeating: 120, count: 3_000_000))
        return client.takeAll()
      }
    }
    #expect(answer.text == "HTTP/1.1 401 No\r\nContent-Length: 4\r\n" + Wire.closed + "nope" && answer.end == .fin)
  }
}
