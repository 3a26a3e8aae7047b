import FoundationEssentials
import NIOCore
import Testing

@testable import ProxyCore

/// Text that came from outside cannot break a line, a terminal or a parser.
@Suite struct LogLineTests {
  static func decoded(_ value: String) throws -> String? {
    var line = LogLine()
    line.field("v", value)
    line.end()
    #expect(line.bytes.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 10 })
    #expect(line.bytes.filter { $0 == 10 }.count == 1 && line.bytes.last == 10)
    return try JSONDecoder().decode([String: String].self, from: Data(line.bytes))["v"]
  }

  @Test(arguments: [
    "", "plain", "\"quoted\\\"", "line\nbreak\r\n", "nul\u{0}", "\u{1B}[31mred\u{7F}", "\u{9B}31m", "ü€🦔",
    "\u{2028}\u{202E}",
    "\u{FFFD}",
  ])
  func textComesBackAsItWas(_ value: String) throws { #expect(try Self.decoded(value) == value) }

  @Test func everyByteIsSafe() throws {
    for byte in UInt8.min ... .max {
      let text = RequestSummary.bounded([byte, 65], 10)
      #expect(try Self.decoded(text) == text)
    }
  }

  @Test func otherValues() {
    var line = LogLine()
    line.field("a", Int64.min)
    line.field("b", Bool?.some(true))
    line.field("c", String?.none)
    line.field("d", TimeAmount?.some(.microseconds(1_005)))
    line.field("e", TimeAmount?.none)
    line.end()
    let text = String(decoding: line.bytes, as: UTF8.self)
    #expect(text == "{\"a\":-9223372036854775808,\"b\":true,\"c\":null,\"d\":1.005,\"e\":null}\n")
  }

  @Test(arguments: [
    (0 as UInt64, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
    (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_001, "2000-03-01T00:00:00.001Z"),
    (1_795_313_837_739, "2026-11-22T02:17:17.739Z"), (4_107_542_399_000, "2100-02-28T23:59:59.000Z"),
    (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
  ])
  func timestamps(_ milliseconds: UInt64, _ expected: String) {
    #expect(Timestamp.text(milliseconds: milliseconds) == expected)
  }

  @Test func noClockBreaksATimestamp() {
    #expect(Timestamp.text(milliseconds: .max).hasSuffix("Z"))
    #expect(Milliseconds.text(.nanoseconds(.min)) == "0.000" && Milliseconds.text(.nanoseconds(1_234_567)) == "1.234")
    #expect(Milliseconds.text(.nanoseconds(.max)) == "9223372036854.775")
  }

  /// The published test vectors of FNV-1a.
  @Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
  func hashes(_ text: String, _ expected: String) {
    #expect(Array(text.utf8).withUnsafeBytes { FNV.hex(FNV.hash($0)) } == expected)
  }

  static func summary(_ request: String) throws -> RequestSummary {
    let head = try ForwardingTests.head(.request, request)
    return RequestSummary(head, try? RequestRules.read(head, makeID: { "id" }))
  }

  @Test(arguments: [
    ("/a/b?token=secret", "/a/b?..."), ("/a?", "/a?..."), ("/plain", "/plain"), ("//x", "//x"), ("/?a?b", "/?..."),
    ("http://h/p?q=1", "/p?..."), ("http://h", ""),
    ("/" + String(repeating: "x", count: 1023) + "?q", "/" + String(repeating: "x", count: 1023) + "?..."),
    ("/" + String(repeating: "x", count: 1024), "/" + String(repeating: "x", count: 1023) + "…"),
  ])
  func queriesAreNotLogged(_ target: String, _ expected: String) throws {
    #expect(try Self.summary("GET \(target) HTTP/1.1\r\nHost: pub\r\n\r\n").path == expected)
  }

  @Test func refusedRequestsTellLittle() throws {
    let credentials = try Self.summary("GET http://user:pass@h/p HTTP/1.1\r\nHost: h\r\n\r\n")
    #expect(credentials.path == nil && credentials.host == nil && credentials.method == "GET")
    let noHost = try Self.summary("GET /p?q HTTP/1.1\r\n\r\n")
    #expect(noHost.path == "/p?..." && noHost.host == nil)
    #expect(try Self.summary("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n").path == "*")
  }

  @Test func longValuesAreCut() throws {
    let long = String(repeating: "h", count: 300)
    let request = try Self.summary("GET / HTTP/1.1\r\nHost: \(long)\r\n\r\n")
    #expect(request.host?.count == 256 && request.host?.hasSuffix("…") == true)
    let head = try ForwardingTests.head(
      .response, "HTTP/1.1 200 OK\r\nContent-Encoding: \(long)\r\nETag: W/\"\(long)\"\r\nContent-Length: 7\r\n\r\n")
    let facts = try ResponseFacts.read(head, toHead: false, framing: .http(.http11))
    let response = ResponseSummary(head, facts)
    #expect(
      response.contentEncoding?.count == 65 && response.etagHash.map { FNV.hex($0).count } == 16
        && response.expectedLength == 7)
  }
}
