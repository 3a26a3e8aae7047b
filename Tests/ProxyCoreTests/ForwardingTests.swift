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
    _ text: String, upstream: String = "http://up:9000", via: String? = "gzproxy-1", client: String = "192.0.2.1",
    trusted: Bool = false
  ) throws -> [String] {
    let parsed = try head(.request, text)
    let facts = try RequestRules.read(parsed, makeID: { "made" })
    let context = RequestForwarding.Context(
      upstream: try UpstreamTarget(url: upstream), hostPolicy: .rewrite, hopToken: via ?? "gzproxy-1",
      writesVia: via != nil, clientAddress: client, trustsPeer: trusted, localPort: 8080)
    return String(buffer: try RequestForwarding.head(parsed, facts, context)).split(separator: "\r\n").map(String.init)
  }

  static func answer(_ request: String, _ response: String, via: String? = nil, closes: Bool = false) throws -> [String]
  {
    let facts = try facts(request)
    let head = try head(.response, response)
    let response = try ResponseFacts.read(
      head, toHead: facts.method == .head, framing: .http(facts.version))
    let context = ResponseForwarding.Context(
      viaToken: via, requestID: facts.requestID, clientVersion: facts.version, acceptsTrailers: facts.acceptsTrailers,
      toHead: facts.method == .head, closes: closes, telemetry: nil)
    return String(buffer: ResponseForwarding.head(head, response, context)).split(separator: "\r\n").map(String.init)
  }

  static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test(arguments: [
    ("abc-1._~:+/=@", "abc-1._~:+/=@"), (String(repeating: "x", count: 128), String(repeating: "x", count: 128)),
    (String(repeating: "x", count: 129), "made"), ("a b", "made"), ("a\"b", "made"), ("", "made"),
  ])
  func requestIDs(_ sent: String, _ used: String) throws {
    #expect(try Self.facts("GET / HTTP/1.1\r\nHost: a\r\nX-Request-ID: \(sent)\r\n\r\n").requestID == used)
  }

  /// The Lambda Web Adapter says there whose request it is, and in which account.
  @Test func whatAnAdapterTellsOfTheInvocationStaysHere() throws {
    let lines = try Self.forward(
      "GET / HTTP/1.1\r\nHost: a\r\nX-Amzn-Request-Context: {\"accountId\":\"1\"}\r\n"
        + "x-amzn-lambda-context: {}\r\nX-Amzn-Trace-Id: Root=1\r\nX-Amzn-Other: kept\r\n\r\n")
    #expect(!lines.contains { $0.lowercased().contains("-context") })
    #expect(lines.contains("X-Amzn-Trace-Id: Root=1") && lines.contains("X-Amzn-Other: kept"))
  }

  @Test func madeIDsAreUUIDsOfVersionSeven() {
    var generator = RequestIDGenerator(seed: 1)
    let first = generator.next(milliseconds: 0x0123_4567_89AB)
    #expect(first.hasPrefix("01234567-89ab-7"))
    #expect(first.utf8.count == 36)
    #expect("89ab".contains(first[first.index(first.startIndex, offsetBy: 19)]))
    #expect(generator.next(milliseconds: 0x0123_4567_89AB) != first)
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
    let facts = try ResponseFacts.read(
      Self.head(.response, "HTTP/1.1 200 OK\r\n\(fields)\r\n"), toHead: request.method == .head,
      framing: .http(request.version))
    #expect(facts.framing == framing)
    #expect(facts.conversion == conversion)
    #expect(facts.clientFraming == client)
  }

  @Test func aHeadAnsweredBy204SaysNothingOfChunks() throws {
    let head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    let lines = try Self.answer(head, "HTTP/1.1 204 x\r\nTransfer-Encoding: chunked\r\n\r\n")
    #expect(lines == ["HTTP/1.1 204 x", "x-request-id: made"])
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
    ("/.gzproxy/metrics", .metrics), ("/.gzproxy/metric", .unknown), ("/.gzproxy/relay", .relay(nil)),
    ("/.gzproxy/relay/auto", .relay(.auto)), ("/.gzproxy/relay/copy", .relay(.copy)), ("/.gzproxy/relay/", .unknown),
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
