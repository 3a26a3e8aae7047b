import NIOCore
import Testing

@testable import ProxyCore

/// What goes upstream and what comes back, as text in and text out.
@Suite struct ForwardingTests {
  static func head(_ kind: HeadParser.Kind, _ text: String) throws -> MessageHead {
    var parser = HeadParser(kind, limits: HeadLimits())
    var buffer = ByteBuffer(string: text)
    guard case .head(let head) = parser.parse(&buffer) else { throw ProxyCause.malformedRequest }
    return head
  }

  static func facts(_ text: String) throws -> RequestFacts {
    try RequestRules.read(try head(.request, text), makeID: { "made" })
  }

  static func forward(
    _ text: String, upstream: String = "http://up:9000", via: String? = "gzproxy-1", client: String = "192.0.2.1"
  ) throws -> [String] {
    let parsed = try head(.request, text)
    let facts = try RequestRules.read(parsed, makeID: { "made" })
    let context = RequestForwarding.Context(
      upstream: try UpstreamTarget(url: upstream), viaToken: via, clientAddress: client, localPort: 8080)
    return String(buffer: try RequestForwarding.head(parsed, facts, context)).split(separator: "\r\n").map(String.init)
  }

  static func answer(_ request: String, _ response: String, via: String? = nil, closes: Bool = false) throws -> [String]
  {
    let facts = try facts(request)
    let head = try head(.response, response)
    let response = try ResponseFacts.read(head, request: facts)
    let context = ResponseForwarding.Context(
      viaToken: via, requestID: facts.requestID, clientVersion: facts.version, acceptsTrailers: facts.acceptsTrailers,
      toHead: facts.method == .head, closes: closes, telemetry: nil)
    return String(buffer: ResponseForwarding.head(head, response, context)).split(separator: "\r\n").map(String.init)
  }

  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test func endToEndFieldsKeepTheirBytesAndOrder() throws {
    let lines = try Self.forward(
      "POST //a/%2e%2e/./b?x=1;y=%3b HTTP/1.1\r\nHost: pub\r\nAccept-Encoding: br\r\nX-A: 1\r\nCookie: a\r\nX-A: 2\r\nEmpty:\r\nCoNtEnT-LeNgTh: 0\r\n\r\n"
    )
    #expect(
      lines == [
        "POST //a/%2e%2e/./b?x=1;y=%3b HTTP/1.1", "host: up:9000", "Accept-Encoding: br", "X-A: 1", "Cookie: a",
        "X-A: 2",
        "Empty: ", "CoNtEnT-LeNgTh: 0", "via: 1.1 gzproxy-1", "forwarded: for=192.0.2.1;host=\"pub\";proto=http",
        "x-forwarded-for: 192.0.2.1", "x-forwarded-proto: http", "x-forwarded-host: pub", "x-forwarded-port: 8080",
        "x-request-id: made",
      ])
  }

  @Test func hopByHopFieldsStay() throws {
    let lines = try Self.forward(
      """
      GET / HTTP/1.1\r\nHost: a\r\nConnection: \r\nConnection: close, X-Hop\r\nconnection: ,x-two ,\r\nX-Hop: 1\r\nX-Two: 2\r
      Keep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: gzip\r\nUpgrade: h2c\r\nProxy-Authorization: Basic x\r\nX-Kept: 3\r\n\r\n
      """)
    let names = lines.dropFirst().map { $0.prefix { $0 != ":" }.lowercased() }
    #expect(
      names == [
        "host", "x-kept", "via", "forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host",
        "x-forwarded-port", "x-request-id",
      ])
  }

  @Test(arguments: [
    "Host", "Content-Length", "Content-Encoding", "Authorization", "Via", "Cache-Control", "Cookie", "Range",
  ])
  func connectionCannotNominateWhatMatters(_ name: String) throws {
    let value = name == "Content-Length" ? "0" : "v"
    let extra = name == "Host" ? "" : "\(name): \(value)\r\n"
    let lines = try Self.forward("POST / HTTP/1.1\r\nHost: a\r\nConnection: \(name)\r\n\(extra)\r\n")
    #expect(lines.contains { $0.lowercased().hasPrefix(name.lowercased() + ": ") })
  }

  @Test func whatTheClientSaysAboutItselfIsReplaced() throws {
    let lines = try Self.forward(
      "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nForwarded: for=evil\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: evil\r\nX-Forwarded-Port: 1\r\n\r\n",
      client: "2001:db8::1")
    #expect(lines.filter { $0.hasPrefix("x-forwarded-for") } == ["x-forwarded-for: 2001:db8::1"])
    #expect(lines.contains("forwarded: for=\"[2001:db8::1]\";host=\"a\";proto=http"))
    #expect(!lines.contains { $0.contains("evil") || $0.contains("1.1.1.1") || $0.contains("https") })
  }

  @Test func viaIsAddedSwitchedOffAndSeesLoops() throws {
    #expect(try Self.forward(Self.get, via: nil).allSatisfy { !$0.hasPrefix("via") })
    #expect(try Self.forward("GET / HTTP/1.0\r\n\r\n").contains("via: 1.0 gzproxy-1"))
    let chain = try Self.forward("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 other\r\n\r\n")
    #expect(chain.filter { $0.lowercased().hasPrefix("via") } == ["Via: 1.1 other", "via: 1.1 gzproxy-1"])
    #expect(throws: ProxyCause.loopDetected) {
      try Self.forward("GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 other, 1.1 gzproxy-1\r\n\r\n")
    }
  }

  @Test(arguments: [
    ("http://up", "/x?y", "/x?y", "up"), ("http://up:80/", "/x", "/x", "up"),
    ("http://up:81/v1/", "/x", "/v1/x", "up:81"),
    ("https://up/a", "//x", "/a//x", "up"), ("http://[::1]:9", "/", "/", "[::1]:9"),
    ("http://up", "http://evil.example/p?q", "/p?q", "up"), ("http://up/v", "http://evil", "/v/", "up"),
    ("http://up", "http://evil?q=1", "/?q=1", "up"), ("http://up", "/@evil/\\..//x", "/@evil/\\..//x", "up"),
  ])
  func theUpstreamComesFromTheConfigurationAlone(
    _ upstream: String, _ target: String, _ path: String, _ host: String
  ) throws {
    let lines = try Self.forward("GET \(target) HTTP/1.1\r\nHost: b\r\n\r\n", upstream: upstream)
    #expect(lines[0] == "GET \(path) HTTP/1.1")
    #expect(lines[1] == "host: \(host)")
    #expect(lines.filter { $0.lowercased().hasPrefix("host:") }.count == 1)
  }

  @Test func theAbsoluteTargetsAuthorityWins() throws {
    #expect(try Self.facts("GET http://one:1/x HTTP/1.1\r\nHost: two\r\n\r\n").authority == "one:1")
    #expect(try Self.forward("OPTIONS http://one HTTP/1.1\r\nHost: two\r\n\r\n")[0] == "OPTIONS * HTTP/1.1")
    #expect(try Self.forward("OPTIONS * HTTP/1.1\r\nHost: two\r\n\r\n")[0] == "OPTIONS * HTTP/1.1")
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\n\r\n", ProxyCause.invalidHost), ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .invalidHost),
    ("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .invalidHost), ("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
    ("GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", .invalidHost),
    ("GET http:///x HTTP/1.1\r\nHost: a\r\n\r\n", .invalidHost),
    ("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequest),
    ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequest),
    ("GET * HTTP/1.1\r\nHost: a\r\n\r\n", .malformedRequest),
    ("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", .unsupportedMethod),
    ("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", .methodNotAllowed),
    ("POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", .expectationFailed),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", .requestLengthAndChunked),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n", .invalidRequestLength),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .unsupportedCoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: ,chunked\r\n\r\n", .requestTransferCoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", .requestTransferCoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n", .requestTransferCoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", .requestTransferCoding),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n", .requestTransferCoding),
    (
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
      .requestTransferCoding
    ),
    ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \u{a0}chunked\r\n\r\n", .requestTransferCoding),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", .requestTransferCoding),
  ])
  func refusesRequests(_ text: String, _ cause: ProxyCause) {
    #expect(throws: cause) { try Self.facts(text) }
  }

  @Test(arguments: [
    ("abc-1._~:+/=@", "abc-1._~:+/=@"), (String(repeating: "x", count: 128), String(repeating: "x", count: 128)),
    (String(repeating: "x", count: 129), "made"), ("a b", "made"), ("a\"b", "made"), ("", "made"),
  ])
  func requestIDs(_ sent: String, _ used: String) throws {
    #expect(try Self.facts("GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: \(sent)\r\n\r\n").requestID == used)
  }

  @Test func madeIDsAreUUIDsOfVersionSeven() {
    var generator = RequestIDGenerator(seed: 1)
    let first = generator.next(milliseconds: 0x0123_4567_89AB)
    #expect(first.hasPrefix("01234567-89ab-7"))
    #expect(first.utf8.count == 36)
    #expect("89ab".contains(first[first.index(first.startIndex, offsetBy: 19)]))
    #expect(generator.next(milliseconds: 0x0123_4567_89AB) != first)
  }

  @Test func bodiesAndTrailersGoOn() throws {
    let chunked = try Self.forward(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\nTE: trailers, gzip;q=1\r\nTrailer: X\r\nExpect: 100-continue\r\n\r\n"
    )
    #expect(chunked.contains("transfer-encoding: chunked"))
    #expect(chunked.contains("te: trailers") && chunked.contains("connection: te"))
    #expect(chunked.contains("Trailer: X") && chunked.contains("Expect: 100-continue"))
    #expect(try !Self.forward("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").contains { $0.hasPrefix("Expect") })
    #expect(try !Self.forward("GET / HTTP/1.1\r\nHost: a\r\nTE: gzip\r\n\r\n").contains { $0.hasPrefix("te:") })
  }

  @Test func responsesKeepWhatDescribesTheBody() throws {
    let lines = try Self.answer(
      Self.get,
      "HTTP/1.1 206 Partial\r\nContent-Encoding: gzip\r\nETag: \"x\"\r\nVary: *\r\nContent-Range: bytes 0-1/2\r\nAccept-Ranges: bytes\r\nContent-Length: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nDate: d\r\nServer: s\r\nConnection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Authenticate: x\r\n\r\n"
    )
    #expect(
      lines == [
        "HTTP/1.1 206 Partial", "Content-Encoding: gzip", "ETag: \"x\"", "Vary: *", "Content-Range: bytes 0-1/2",
        "Accept-Ranges: bytes", "Content-Length: 2", "Set-Cookie: a", "Set-Cookie: b", "Date: d", "Server: s",
        "x-request-id: made",
      ])
  }

  @Test(arguments: [
    (
      "HTTP/1.1", "Transfer-Encoding: chunked\r\n", BodyFraming.chunked, BodyRelay.Conversion.verbatim,
      BodyFraming.chunked
    ),
    ("HTTP/1.0", "Transfer-Encoding: chunked\r\n", .chunked, .withoutChunks, .close),
    ("HTTP/1.1", "", .close, .intoChunks, .chunked), ("HTTP/1.0", "", .close, .verbatim, .close),
    ("HTTP/1.1", "Content-Length: 7\r\n", .length(7), .verbatim, .length(7)),
    ("HTTP/1.0", "Content-Length: 7\r\n", .length(7), .verbatim, .length(7)),
  ])
  func framingIsDecidedForTheClient(
    _ version: String, _ fields: String, _ framing: BodyFraming, _ conversion: BodyRelay.Conversion,
    _ client: BodyFraming
  ) throws {
    let request = try Self.facts("GET / \(version)\r\nHost: a\r\n\r\n")
    let facts = try ResponseFacts.read(Self.head(.response, "HTTP/1.1 200 OK\r\n\(fields)\r\n"), request: request)
    #expect(facts.framing == framing)
    #expect(facts.conversion == conversion)
    #expect(facts.clientFraming == client)
  }

  @Test func bodilessResponses() throws {
    let length = "Content-Length: 9\r\n"
    #expect(try Self.answer(Self.get, "HTTP/1.1 204 x\r\n\(length)\r\n") == ["HTTP/1.1 204 x", "x-request-id: made"])
    #expect(try Self.answer(Self.get, "HTTP/1.1 304 x\r\n\(length)\r\n").contains("Content-Length: 9"))
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(try Self.answer(head, "HTTP/1.1 200 x\r\n\(length)\r\n").contains("Content-Length: 9"))
    #expect(
      try Self.answer(head, "HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\n").contains(
        "transfer-encoding: chunked"))
    #expect(
      try Self.answer(head, "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n") == [
        "HTTP/1.1 204 x", "x-request-id: made",
      ])
    #expect(
      try ResponseFacts.read(Self.head(.response, "HTTP/1.1 200 x\r\n\(length)\r\n"), request: Self.facts(head)).framing
        == .none)
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", ProxyCause.lengthAndChunked),
    ("HTTP/1.1 204 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", .lengthAndChunked),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n", .invalidResponseLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n", .invalidResponseLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\n", .invalidResponseLength),
    ("HTTP/1.1 200 OK\r\nContent-Length: 2,5\r\n\r\n", .invalidResponseLength),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", .responseTransferCoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", .responseTransferCoding),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", .responseTransferCoding),
    ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", .responseTransferCoding),
    ("HTTP/1.1 101 Up\r\nUpgrade: x\r\n\r\n", .unexpectedUpgrade),
  ])
  func refusesResponses(_ text: String, _ cause: ProxyCause) {
    #expect(throws: cause) { try ResponseFacts.read(Self.head(.response, text), request: Self.facts(Self.get)) }
  }

  @Test func connectionIsSaidWhereItDiffersFromTheVersionsDefault() throws {
    let response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    #expect(try !Self.answer(Self.get, response).contains { $0.hasPrefix("connection") })
    #expect(try Self.answer(Self.get, response, closes: true).contains("connection: close"))
    let old = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    #expect(try Self.answer(old, response).contains("connection: keep-alive"))
    #expect(try Self.facts(old).isPersistent)
    #expect(try !Self.facts("GET / HTTP/1.0\r\n\r\n").isPersistent)
    #expect(try !Self.facts("GET / HTTP/1.1\r\nHost: a\r\nConnection: CLOSE\r\n\r\n").isPersistent)
  }

  @Test(arguments: [
    ("/.gzproxy", ReservedPath.unknown), ("/.gzproxy/", .unknown), ("/.gzproxy/healthz", .health),
    ("/.gzproxy/healthz?x", .health),
    ("/.gzproxy/readyz", .ready), ("/.gzproxy/stats", .stats), ("/.gzproxy/hello", .hello),
    ("/.gzproxy/metrics", .unknown),
  ])
  func reservedPaths(_ path: String, _ expected: ReservedPath) throws {
    let head = try Self.head(.request, "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(ReservedPath.of(head, try RequestRules.read(head, makeID: { "" })) == expected)
  }

  @Test(arguments: ["/", "/.gzproxyx", "/a/.gzproxy/stats", "/.gzprox"])
  func otherPathsAreTheUpstreams(_ path: String) throws {
    let head = try Self.head(.request, "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n")
    #expect(ReservedPath.of(head, try RequestRules.read(head, makeID: { "" })) == nil)
  }
}
