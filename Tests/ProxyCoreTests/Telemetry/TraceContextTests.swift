import TestSupport
import Testing

@testable import ProxyCore

/// Ids of traces and requests: passed as they came, or not at all.
@Suite struct TraceContextTests {
  static let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

  @Test(arguments: [
    (good, true), ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", true),
    ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
    ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-comes-later", true),
    ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.later", false), (good + "-more", false),
    (good + "0", false), ("", false), ("00", false), (String(good.dropLast()), false), (good.uppercased(), false),
    ("ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
    ("0x-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
    ("00-00000000000000000000000000000000-b7ad6b7169203331-01", false),
    ("00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", false),
    ("00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01", false),
    ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0g", false),
    ("00_0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", false),
  ])
  func traceparents(_ value: String, _ isGood: Bool) throws {
    let lines = try ForwardingTests.forward(
      "GET / HTTP/1.1\r\nHost: a\r\nTraceParent: \(value)\r\ntracestate: k=v\r\ntracestate: l=w\r\nX: 1\r\n\r\n")
    #expect(lines.contains("X: 1"))
    #expect(lines.contains("TraceParent: \(value)") == isGood)
    #expect(lines.filter { $0.hasPrefix("tracestate: ") }.count == (isGood ? 2 : 0))
  }

  @Test func twoTraceparentsAreNone() throws {
    let lines = try ForwardingTests.forward(
      "GET / HTTP/1.1\r\nHost: a\r\ntraceparent: \(Self.good)\r\ntraceparent: \(Self.good)\r\ntracestate: k=v\r\n\r\n")
    #expect(!lines.contains { $0.hasPrefix("trace") })
  }

  @Test func aTracestateAloneAndTheIdOfAWSPass() throws {
    let root = "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1"
    let lines = try ForwardingTests.forward(
      "GET / HTTP/1.1\r\nHost: a\r\ntracestate: k=v\r\nX-Amzn-Trace-Id: \(root)\r\nConnection: x-amzn-trace-id\r\n\r\n")
    #expect(lines.contains("tracestate: k=v") && lines.contains("X-Amzn-Trace-Id: \(root)"))
  }

  @Test(arguments: [
    ("traceparent: \(good)", "0af7651916cd43dd8448eb211c80319c"),
    ("X-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678", "1-67891233-abcdef012345678912345678"),
    ("X-Amzn-Trace-Id: Self=1-1; root=1-67891233-ABCDEF012345678912345678;x", "1-67891233-ABCDEF012345678912345678"),
    ("X-Amzn-Trace-Id: Root=1-67891233-abcdef01234567891234567", nil), ("X-Amzn-Trace-Id: Root=", nil),
    ("X-Amzn-Trace-Id: ;;;", nil), ("X-Amzn-Trace-Id: Root=2-67891233-abcdef012345678912345678", nil),
    (
      "traceparent: 00-x\r\nX-Amzn-Trace-Id: Root=1-67891233-abcdef012345678912345678",
      "1-67891233-abcdef012345678912345678"
    ), ("traceparent: 00-x", nil), ("X: 1", nil),
  ])
  func idsForTheLog(_ fields: String, _ expected: String?) throws {
    let head = try ForwardingTests.head(.request, "GET / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\r\n")
    #expect(TraceContext.id(head) == expected)
  }

  /// On every response, whoever made it; and with `--request-id make` never the client's own.
  @Test(arguments: [true, false])
  func everyResponseHasARequestID(_ accepts: Bool) async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Request-Id: theirs\r\n\r\n")
    try await withProxy(to: origin.url) {
      $0.telemetry = true
      $0.acceptsRequestID = accepts
    } _: { server async throws in
      var made: Set<String> = []
      for request in [
        get("/", "X-Request-Id: mine\r\n"), get("/.gzproxy/healthz", "X-Request-Id: mine\r\n"),
        get("/.gzproxy/metrics", "X-Request-Id: mine\r\n"), get("/.gzproxy/hello", "X-Request-Id: mine\r\n"),
        get("/.gzproxy/none", "X-Request-Id: mine\r\n"), "GET / HTTP/1.1\r\nX-Request-Id: mine\r\n\r\n", "BAD\r\n\r\n",
        get("/", "X-Request-Id: not safe\r\n"),
      ] {
        let text = try await exchange(server.port, request).text
        let ids = try #require(RawResponse(Array(text.utf8))).fields.filter { $0.name.lowercased() == "x-request-id" }
        #expect(ids.count == 1)
        let id = ids.first?.value ?? ""
        if accepts && request.contains(": mine") { #expect(id == "mine") } else { made.insert(id) }
      }
      #expect(made.count == (accepts ? 2 : 8) && made.allSatisfy { $0.count == 36 })
      #expect(origin.requests.first?.contains("x-request-id: mine\r\n") == accepts)
    }
  }
}
