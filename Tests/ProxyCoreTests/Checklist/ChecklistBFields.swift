import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// Fields that are nobody's business here, and those that must never be written (RFC 9110 §5).
@Suite("Checklist B: fields pass untouched, nothing is injected") struct ChecklistBFields {
  static let odd =
    "X-B: 2\r\nx-a: \u{e9}\u{ff}\u{80} \t x\r\nX-b: 1\r\nEmpty:\r\nSet-Cookie: a=1, b\r\nCookie: c\r\nSet-Cookie: a=2\r\n"
    + "!#$%&'*+-.^_`|~09: \"(,;\\\r\nCookie: d\r\n"
  /// The one thing that is not kept is the space around a value, which means nothing (RFC 9110 §5.5).
  static let oddPassed = odd.replacing("Empty:\r\n", with: "Empty: \r\n")

  @Test(
    "B9 unknown fields, their order, cases, repetitions, empty values and bytes go up as they are",
    arguments: Wire.Pace.allCases)
  func b09Up(_ pace: Wire.Pace) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.takeHead() ?? "")
      peer.put(Wire.good)
      _ = peer.readToEnd()
    }
    _ = try await withProxy(to: origin.url) { try await ask($0.port, Wire.get("/", Self.odd), pace) }
    let lines = (origin.requests.first ?? "").split(separator: "\r\n").dropFirst(2).prefix(9)
    #expect(lines.map { $0 + "\r\n" }.joined() == Self.oddPassed)
  }

  @Test("B9 and come down as they are", arguments: Wire.Pace.allCases)
  func b09Down(_ pace: Wire.Pace) async throws {
    let answer = try await relay("HTTP/1.1 299 \u{e9} \t odd\r\n\(Self.odd)Content-Length: 0\r\n\r\n", pace)
    #expect(answer.text == "HTTP/1.1 299 \u{e9} \t odd\r\n\(Self.oddPassed)Content-Length: 0\r\n" + Wire.closed)
  }

  @Test("B9 space around a value is no part of it")
  func b09Space() async throws {
    #expect(try await upstreamHead(Wire.keep("/", "A:b\r\nC: \t d e\t \r\n"))[2...3] == ["A: b", "C: d e"])
  }

  @Test(
    "B10 Accept-Encoding is neither made nor changed",
    arguments: ["", "Accept-Encoding: br;q=0.1, *;q=0\r\n", "Accept-Encoding:\r\n"])
  func b10AcceptEncoding(_ field: String) async throws {
    let lines = try await upstreamHead(Wire.keep("/", field)).filter { $0.lowercased().hasPrefix("accept-") }
    #expect(
      lines == (field.isEmpty ? [] : [field.contains("br") ? "Accept-Encoding: br;q=0.1, *;q=0" : "Accept-Encoding: "]))
  }

  @Test(
    "B10 a coded body is not touched, with no-transform or without", arguments: ["", "Cache-Control: no-transform\r\n"])
  func b10NoTransform(_ field: String) async throws {
    // An empty gzip member: a proxy that decodes it would have nothing to send.
    let member = "\u{1f}\u{8b}\u{8}\0\0\0\0\0\0\u{3}\u{3}\0\0\0\0\0\0\0\0\0"
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\(field)Content-Length: 20\r\n"
    let answer = try await relay(head + "\r\n" + member)
    #expect(answer.bytes.suffix(20).elementsEqual(Wire.bytes(member)))
    #expect(answer.text.hasPrefix(head + Wire.closed))
  }

  @Test("B11 Date, Server and Age stay the upstream's, and only answers of our own get a Date")
  func b11Origins() async throws {
    let head = "HTTP/1.1 200 OK\r\nDate: yesterday\r\nServer: s/1 (x)\r\nAge: 7\r\nContent-Length: 0\r\n"
    #expect(try await relay(head + "\r\n").text == head + Wire.closed)
    #expect(try await !relay(Wire.good).text.lowercased().contains("date: "))
    let own = try await relay("nothing\r\n\r\n").text
    #expect(own.contains("\r\ndate: ") && own.contains(" GMT\r\n") && !own.lowercased().contains("server: "))
  }

  static let controls = ["a\rb", "a\nb", "a\0b", "\u{7f}", "\u{1b}[2J", "a\u{1}"]

  @Test("B12 a value of ours with a control byte is not written", arguments: controls + ["a\r\nX: y"])
  func b12OwnValues(_ value: String) {
    var out = ByteBuffer()
    HeadWriter.field(&out, "x", value)
    #expect(out.readableBytes == 0)
    HeadWriter.field(&out, "x", "a\tb\u{e9}")
    #expect(String(buffer: out) == "x: a\tb\u{e9}\r\n")
  }

  @Test("B12 nor is one added to what a trusted proxy said", arguments: controls + ["a\r\nX: y"])
  func b12OwnMembers(_ value: String) throws {
    let head = try ForwardingTests.head(.request, "GET / HTTP/1.1\r\nForwarded: for=a\r\n\r\n")
    var out = ByteBuffer()
    HeadWriter.list(&out, "forwarded", after: .forwarded, of: head, value)
    #expect(out.readableBytes == 0)
  }

  @Test(
    "B12 a request id that could be more than an id is not taken",
    arguments: controls + ["a b", "\"", String(repeating: "x", count: 129)])
  func b12RequestIDs(_ value: String) async throws {
    let request = "GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(value)\r\nConnection: close\r\n\r\n"
    let origin = try ScriptedOrigin.answering(Wire.good)
    let answer = try await withProxy(to: origin.url) { try await ask($0.port, request) }
    let id = answer.text.split(separator: "\r\n").first { $0.hasPrefix("x-request-id: ") }?.dropFirst(14) ?? ""
    // A made one: 36 letters, digits and dashes.
    #expect(id.utf8.count == 36 && id.allSatisfy { $0.isHexDigit || $0 == "-" }, "\(answer.text)")
    #expect(origin.requests.allSatisfy { $0.contains("\r\nx-request-id: \(id)\r\n") && !$0.contains("X-Request-Id") })
  }

  @Test(
    "B12 a control byte in an upstream's head goes no further",
    arguments: controls)
  func b12UpstreamValues(_ value: String) async throws {
    for pace in Wire.Pace.allCases {
      try await expectBadGateway(
        "HTTP/1.1 200 OK\r\nX: \(value)\r\nContent-Length: 0\r\n\r\n", cause: "malformed_response", pace)
      try await expectBadGateway(
        "HTTP/1.1 200 \(value)\r\nContent-Length: 0\r\n\r\n", cause: "malformed_response", pace)
    }
  }

  @Test(
    "B12 a control byte in a client's head goes no further",
    arguments: controls)
  func b12ClientValues(_ value: String) async throws {
    for pace in Wire.Pace.allCases {
      try await expectRefusal("GET / HTTP/1.1\r\nHost: a\r\nX: \(value)\r\n\r\n", 400, cause: "malformed_request", pace)
      try await expectRefusal("GET /\(value) HTTP/1.1\r\nHost: a\r\n\r\n", 400, cause: "malformed_request", pace)
    }
  }
}
