import TestSupport
import Testing

@testable import ProxyCore

/// What belongs to one hop, and who asked whom (RFC 9110 §7.6, RFC 7239, RFC 8586).
@Suite("Checklist B: hop-by-hop fields, forwarding facts, loops") struct ChecklistB {
  @Test("B1 nothing of the client's hop goes up", arguments: Wire.Pace.allCases)
  func b01RequestFields(_ pace: Wire.Pace) async throws {
    let lines = try await upstreamHead(
      """
      POST /p HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\nConnection: \r\nConnection: close, X-Hop\r\nconnection: ,x-two ,\r
      X-Hop: 1\r\nX-Two: 2\r\nx-hop: 3\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: gzip, trailers\r\nUpgrade: h2c\r
      HTTP2-Settings: AAA\r\nProxy-Authorization: Basic x\r\nProxy-Authenticate: y\r\nTransfer-Encoding: chunked\r
      X-Kept: 3\r\n\r\n0\r\n\r\n
      """, pace)
    #expect(
      lines == ["POST /p HTTP/1.1", "host: ORIGIN", "X-Kept: 3"] + ownLines
        + ["te: trailers", "connection: te", "transfer-encoding: chunked"])
  }

  static let hopFields = """
    Connection: \r\nConnection: keep-alive, X-Hop\r\nconnection: ,x-two ,\r\nX-Hop: 1\r\nX-Two: 2\r\nKeep-Alive: timeout=5\r
    Proxy-Connection: x\r\nProxy-Authenticate: Basic\r\nProxy-Authentication-Info: x\r\nTE: x\r\nUpgrade: h2\r\nTrailer: T\r\n
    """

  @Test("B1 nothing of the upstream's hop comes down", arguments: Wire.Pace.allCases)
  func b01ResponseFields(_ pace: Wire.Pace) async throws {
    let answer = try await relay(
      "HTTP/1.1 200 OK\r\n\(Self.hopFields)X-Kept: 3\r\nContent-Length: 4\r\n\r\ngood", pace)
    #expect(answer.text == "HTTP/1.1 200 OK\r\nX-Kept: 3\r\nContent-Length: 4\r\n" + Wire.closed + "good")
  }

  @Test(
    "B2 interim responses are stripped like final ones, and of what only a final one can say",
    arguments: Wire.Pace.allCases)
  func b02Interim(_ pace: Wire.Pace) async throws {
    let answer = try await relay(
      """
      HTTP/1.1 103 E\r\n\(Self.hopFields)Link: a\r\nX-Request-Id: theirs\r
      X-Gzproxy-Active: 9\r\nTransfer-Encoding: chunked\r\n\r\n
      """ + Wire.good, pace)
    #expect(answer.text.hasPrefix("HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"))
    let counted = try await relay("HTTP/1.1 103 E\r\nContent-Length: 0\r\nLink: a\r\n\r\n" + Wire.good, pace)
    #expect(counted.text.hasPrefix("HTTP/1.1 103 E\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\n"))
  }

  @Test("B2 trailers are stripped of what the head's Connection names, and their own")
  func b02Trailers() async throws {
    let section = "X-Hop: 1\r\nConnection: X-Two\r\nX-Two: 2\r\nKeep-Alive: 3\r\nX-Kept: 4\r\n\r\n"
    let answer = try await relay(
      "HTTP/1.1 200 OK\r\nConnection: X-Hop\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + section,
      to: Wire.get("/", "TE: trailers\r\n"))
    #expect(answer.text.httpBody == "1\r\na\r\n0\r\nX-Kept: 4\r\n\r\n")
  }

  @Test("B3 Connection cannot name away what a request means")
  func b03RequestFields() async throws {
    let names = [
      "Authorization", "Via", "Cache-Control", "Cookie", "Range", "If-None-Match", "If-Range", "Accept-Encoding",
      "Content-Type", "Content-Encoding", "CDN-Loop",
    ]
    let nominated = (names + ["Host", "Content-Length", "X-Request-Id", "Forwarded", "X-Forwarded-For"])
      .joined(separator: ", ")
    let lines = try await upstreamHead(
      "POST / HTTP/1.1\r\nHost: pub\r\nX-Request-Id: me\r\nConnection: \(nominated), X-Forwarded-Proto\r\n"
        + names.map { "\($0): v\r\n" }.joined() + "Content-Length: 0\r\n\r\n")
    #expect(
      lines == ["POST / HTTP/1.1", "host: ORIGIN"] + names.map { "\($0): v" } + ["Content-Length: 0"] + ownLines)
  }

  @Test("B3 Connection cannot name away what a response means")
  func b03ResponseFields() async throws {
    let names = [
      "Content-Encoding", "Content-Type", "Content-Range", "ETag", "Vary", "Cache-Control", "Set-Cookie", "Date",
      "Location", "Expires", "WWW-Authenticate",
    ]
    let fields = names.map { "\($0): v\r\n" }.joined() + "Content-Length: 4\r\n"
    let nominated = (names + ["Content-Length", "Via", "X-Request-Id"]).joined(separator: ", ")
    let answer = try await relay("HTTP/1.1 200 OK\r\nConnection: \(nominated)\r\n\(fields)\r\ngood")
    #expect(answer.text == "HTTP/1.1 200 OK\r\n" + fields + Wire.closed + "good")
  }

  static let claims = [
    "X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 2.2.2.2, 3.3.3.3", "Forwarded: for=evil;host=\"a,b\"",
    "Forwarded: for=\"[2001:db8::9]:4711\"", "X-Forwarded-Proto: https", "X-Forwarded-Host: told",
    "X-Forwarded-Port: 443",
  ]
  static let claiming = Wire.keep("/", claims.map { "\($0)\r\n" }.joined())

  @Test("B4 what a client says about itself is replaced by what the socket says")
  func b04Untrusted() async throws {
    #expect(try await upstreamHead(Self.claiming) == ["GET / HTTP/1.1", "host: ORIGIN"] + ownLines)
    let others = [try AddressRange("10.0.0.0/8"), try AddressRange("::1")]
    let lines = try await upstreamHead(Self.claiming) { $0.trustedProxies = others }
    #expect(lines == ["GET / HTTP/1.1", "host: ORIGIN"] + ownLines)
  }

  @Test("B4 what a trusted proxy says is kept and added to")
  func b04Trusted() async throws {
    let trusted = [try AddressRange("192.0.2.1"), try AddressRange("127.0.0.0/8")]
    let lines = try await upstreamHead(Self.claiming) { $0.trustedProxies = trusted }
    #expect(
      lines == [
        "GET / HTTP/1.1", "host: ORIGIN", "X-Forwarded-Proto: https", "X-Forwarded-Host: told", "X-Forwarded-Port: 443",
        "forwarded: for=evil;host=\"a,b\", for=\"[2001:db8::9]:4711\", for=127.0.0.1;host=\"pub\";proto=http",
        "x-forwarded-for: 1.1.1.1, 2.2.2.2, 3.3.3.3, 127.0.0.1", "x-request-id: me", "via: 1.1 gzproxy-X",
        "cdn-loop: gzproxy-X",
      ])
    let silent = try await upstreamHead(Wire.keep("/", "X-Forwarded-For:\r\n")) { $0.trustedProxies = trusted }
    #expect(silent == ["GET / HTTP/1.1", "host: ORIGIN"] + ownLines)
  }

  @Test("B4 an IPv6 client is quoted and bracketed in Forwarded, bare in X-Forwarded-For", arguments: [false, true])
  func b04IPv6(_ trusted: Bool) throws {
    let lines = try ForwardingTests.forward(
      "GET / HTTP/1.1\r\nHost: [2001:db8::2]:80\r\nX-Forwarded-For: ::9\r\n\r\n", client: "2001:db8::1",
      trusted: trusted)
    #expect(lines.contains("forwarded: for=\"[2001:db8::1]\";host=\"[2001:db8::2]:80\";proto=http"))
    #expect(lines.contains(trusted ? "x-forwarded-for: ::9, 2001:db8::1" : "x-forwarded-for: 2001:db8::1"))
  }

  @Test("B5 Via is written both ways, behind what is there, in the version that was spoken")
  func b05Via() async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.0 200 OK\r\nVia: 1.1 b\r\nContent-Length: 0\r\n\r\n")
    let answer = try await withProxy(to: origin.url) {
      try await ask($0.port, Wire.get("/", "Via: 1.1 a, 1.0 b (x)\r\nVia: HTTP/2 c\r\n", version: "1.0"))
    }
    #expect(answer.text.contains("\r\nVia: 1.1 b\r\nContent-Length: 0\r\nvia: 1.0 gzproxy-X\r\n"))
    let head = Wire.withoutToken(origin.requests.first ?? "")
    #expect(head.contains("\r\nVia: 1.1 a, 1.0 b (x)\r\nVia: HTTP/2 c\r\n"))
    #expect(head.hasSuffix("\r\nvia: 1.0 gzproxy-X\r\ncdn-loop: gzproxy-X\r\n\r\n"))
  }

  @Test("B5 with --via off neither side gets a Via")
  func b05ViaOff() async throws {
    let lines = try await upstreamHead(Wire.keep()) { $0.via = false }
    #expect(lines == ["GET / HTTP/1.1", "host: ORIGIN"] + ownLines.filter { !$0.hasPrefix("via") })
    let answer = try await relay(Wire.good) { $0.via = false }
    #expect(answer.text == "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nx-request-id: me\r\nconnection: close\r\n\r\ngood")
  }
}
