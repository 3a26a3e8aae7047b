import NIOCore
import Testing

@testable import ProxyCore

/// Every input is also fed byte by byte and split at each position: a head means the same however it arrives.
@Suite struct HeadParserTests {
  static let limits = HeadLimits(startLine: 64, fieldBytes: 200, fieldCount: 5)

  enum Outcome: Equatable, CustomStringConvertible {
    case incomplete, fault(HeadFault), head(String)
    var description: String {
      switch self {
      case .incomplete: "incomplete"
      case .fault(let fault): "fault \(fault)"
      case .head(let text): text
      }
    }
  }

  static func outcome(_ kind: HeadParser.Kind, _ pieces: [[UInt8]], limits: HeadLimits = limits) -> Outcome {
    var parser = HeadParser(kind, limits: limits)
    var buffer = ByteBuffer()
    for piece in pieces {
      buffer.writeBytes(piece)
      switch parser.parse(&buffer) {
      case .incomplete: continue
      case .fault(let fault): return .fault(fault)
      case .head(let head): return .head(describe(head))
      }
    }
    return .incomplete
  }

  static func describe(_ head: MessageHead) -> String {
    let fields = head.fields.map { "\(head.text($0.name))=\(head.text($0.value))" }.joined(separator: "|")
    switch head.start {
    case .request(_, let method, let target):
      return "\(head.text(method)) \(head.text(target)) \(head.version) \(fields)"
    case .response(let status, let reason): return "\(status) \(head.text(reason)) \(head.version) \(fields)"
    case .trailers: return fields
    }
  }

  static func check(
    _ kind: HeadParser.Kind, _ text: String, _ expected: Outcome, limits: HeadLimits = limits,
    location: SourceLocation = #_sourceLocation
  ) {
    let bytes = Array(text.utf8).map { $0 }
    #expect(
      outcome(kind, [bytes], limits: limits) == expected, "whole: \(text.debugDescription)", sourceLocation: location)
    #expect(
      outcome(kind, bytes.map { [$0] }, limits: limits) == expected, "by byte: \(text.debugDescription)",
      sourceLocation: location)
    for split in 1..<max(2, bytes.count) where split < bytes.count {
      let result = outcome(kind, [Array(bytes[..<split]), Array(bytes[split...])], limits: limits)
      #expect(result == expected, "split at \(split): \(text.debugDescription)", sourceLocation: location)
    }
  }

  @Test(arguments: [
    ("GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / http11 Host=a"),
    ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / http11 Host=a"),
    ("GET //a/%2e%2e/%2F/./b?x=1;y=%3b HTTP/1.0\r\n\r\n", "GET //a/%2e%2e/%2F/./b?x=1;y=%3b http10 "),
    ("GET /a|b{c}\\ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a|b{c}\\ http11 Host=a"),
    ("POST /x HTTP/1.1\r\nX: \t spaced out \t\r\nx:\r\nX:3\r\n\r\n", "POST /x http11 X=spaced out|x=|X=3"),
    ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * http11 Host=a"),
    ("PROPFIND /d HTTP/1.1\r\nHost: a\r\n\r\n", "PROPFIND /d http11 Host=a"),
  ])
  func acceptsRequests(_ text: String, _ expected: String) { Self.check(.request, text, .head(expected)) }

  @Test(arguments: [
    // Rejected by llhttp too.
    "GET / HTTP/1.1\nHost: a\n\n", "GET / HTTP/1.1\r\nHost: a\n\r\n", "GET / HTTP/1.1\r\nA: b\rc\r\n\r\n",
    "GET / HTTP/1.1\r\nA: b\0c\r\n\r\n", "GET / HTTP/1.1\r\nA: b\u{7f}\r\n\r\n", "GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n",
    "GET / HTTP/1.1\r\nA : b\r\n\r\n", "GET / HTTP/1.1\r\n A: b\r\n\r\n", "GET / HTTP/1.1\r\nA\r\n\r\n",
    "GET / HTTP/1.1\r\n: b\r\n\r\n", "GET / HTTP/1.1\r\nA(: b\r\n\r\n", "GET /\u{1} HTTP/1.1\r\n\r\n",
    "GET /é HTTP/1.1\r\n\r\n", "GET\t/ HTTP/1.1\r\n\r\n", "GET / x HTTP/1.1\r\n\r\n", "get / HTTP/1.1\r\n\r\n",
    "GET / http/1.1\r\n\r\n", "GET / HTTP/1.1 \r\n\r\n", "GET / HTTP/11\r\n\r\n", "GET / HTTP/1.1\r\r\n\r\n",
    // What llhttp lets through.
    "GET  / HTTP/1.1\r\n\r\n", "GET /a#b HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET /\r\nContent-Length: 2\n\nab",
    "\nGET / HTTP/1.1\r\n\r\n", "\r\n\r\nGET / HTTP/1.1\r\n\r\n", " GET / HTTP/1.1\r\n\r\n", "G(T / HTTP/1.1\r\n\r\n",
  ])
  func refusesMalformedRequests(_ text: String) { Self.check(.request, text, .fault(.malformed)) }

  @Test(arguments: [
    "GET / HTTP/2.0\r\n\r\n", "GET / HTTP/0.9\r\n\r\n", "GET / HTTP/1.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  ])
  func refusesOtherVersions(_ text: String) { Self.check(.request, text, .fault(.unsupportedVersion)) }

  @Test(arguments: ["DESCRIBE / HTTP/1.1\r\n\r\n", "SOURCE / HTTP/1.1\r\n\r\n", "SLUDGE / HTTP/1.1\r\n\r\n"])
  func refusesOtherMethods(_ text: String) { Self.check(.request, text, .fault(.unsupportedMethod)) }

  @Test func holdsToItsLimits() {
    let path = String(repeating: "a", count: 64 - "GET / HTTP/1.1".count)
    Self.check(.request, "GET /\(path) HTTP/1.1\r\n\r\n", .head("GET /\(path) http11 "))
    Self.check(.request, "GET /\(path)a HTTP/1.1\r\n\r\n", .fault(.startLineTooLong))
    Self.check(.request, "GET /\(path)aaaaaaaaaaaaaaa", .fault(.startLineTooLong))
    let six = String(repeating: "a: b\r\n", count: 6)
    Self.check(.request, "GET / HTTP/1.1\r\n\(six)\r\n", .fault(.fieldsTooLarge))
    Self.check(.request, "GET / HTTP/1.1\r\na: \(String(repeating: "b", count: 300))", .fault(.fieldsTooLarge))
    for length in 193...197 {
      let value = String(repeating: "b", count: length)
      // The limit counts the line and its end; it must not depend on how the bytes arrive.
      let expected: Outcome = length + 3 + 2 <= 200 ? .head("GET / http11 a=\(value)") : .fault(.fieldsTooLarge)
      Self.check(.request, "GET / HTTP/1.1\r\na: \(value)\r\n\r\n", expected)
    }
  }

  @Test(arguments: [
    ("HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "200 OK http11 A=b"), ("HTTP/1.1 200\r\n\r\n", "200  http11 "),
    ("HTTP/1.0 404 \r\n\r\n", "404  http10 "), ("HTTP/1.1 299 a b  c\r\nA: é\r\n\r\n", "299 a b  c http11 A=é"),
  ])
  func acceptsResponses(_ text: String, _ expected: String) { Self.check(.response, text, .head(expected)) }

  @Test(arguments: [
    "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n", "\r\nHTTP/1.1 200 OK\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
    "HTTP/1.1 200 O\0K\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n",
  ])
  func refusesMalformedResponses(_ text: String) { Self.check(.response, text, .fault(.malformed)) }

  @Test func anEmptyLineBeforeARequestIsNoBeginning() {
    var parser = HeadParser(.request, limits: Self.limits)
    var buffer = ByteBuffer(string: "\r\n")
    guard case .incomplete = parser.parse(&buffer) else {
      Issue.record("not incomplete")
      return
    }
    #expect(!parser.hasStarted)
    buffer.writeString("G")
    _ = parser.parse(&buffer)
    #expect(parser.hasStarted)
  }

  @Test func leavesWhatFollowsAlone() {
    var parser = HeadParser(.request, limits: Self.limits)
    var buffer = ByteBuffer(string: "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nbodyGET")
    guard case .head = parser.parse(&buffer) else {
      Issue.record("no head")
      return
    }
    #expect(String(buffer: buffer) == "bodyGET")
    buffer = ByteBuffer(string: "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    guard case .head(let second) = parser.parse(&buffer) else {
      Issue.record("no second head")
      return
    }
    #expect(Self.describe(second) == "GET /2 http11 Host=a")
  }
}
