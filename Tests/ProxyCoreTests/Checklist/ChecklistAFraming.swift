import TestSupport
import Testing

@testable import ProxyCore

/// Lengths and codings that cannot be believed, and request bodies as they go up (RFC 9112 §6.1, §6.3).
@Suite("Checklist A: faulty framing, request bodies") struct ChecklistAFraming {
  static let codingAndLength = [
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "HTTP/1.1 204 N\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    "HTTP/1.1 304 N\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    "HTTP/1.1 103 E\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
  ]

  @Test("A7 both lengths in a response are refused, whatever its status", arguments: codingAndLength)
  func a07BothLengths(_ response: String) async throws {
    for pace in Wire.Pace.allCases { try await expectBadGateway(response, cause: "length_and_chunked", pace) }
  }

  @Test("A7 both lengths in a response to HEAD are refused")
  func a07BothLengthsToHead() async throws {
    try await expectBadGateway(Self.codingAndLength[0], cause: "length_and_chunked", to: "HEAD")
  }

  @Test(
    "A8 a length that is not one number is refused",
    arguments: [
      "3\r\nContent-Length: 4", "+2", "-2", "2,5", "", "0x2", "2 2", "2.0", "1e1", "\u{b2}", "9223372036854775808",
      "18446744073709551618", "99999999999999999999",
    ])
  func a08InvalidLengths(_ value: String) async throws {
    for pace in Wire.Pace.allCases {
      try await expectBadGateway(
        "HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\nab", cause: "invalid_response_length", pace)
    }
    try await expectRefusal(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(value)\r\n\r\nab", 400, cause: "invalid_request_length")
  }

  @Test(
    "A9 identical lengths, in two lines or in one, are refused like different ones",
    arguments: ["2, 2", "2\r\nContent-Length: 2"])
  func a09IdenticalLengths(_ value: String) async throws {
    try await expectBadGateway(
      "HTTP/1.1 200 OK\r\nContent-Length: \(value)\r\n\r\nab", cause: "invalid_response_length")
    try await expectRefusal(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(value)\r\n\r\nab", 400, cause: "invalid_request_length")
  }

  @Test(
    "A10 a transfer coding other than chunked is never relayed",
    arguments: ["gzip", "gzip, chunked", "chunked, gzip", "x-gzip", "identity", "chunked;q=1", ""])
  func a10OtherCodings(_ value: String) async throws {
    for pace in Wire.Pace.allCases {
      try await expectBadGateway(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(value)\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        cause: "response_transfer_coding", token: "http_response_transfer_coding", pace)
    }
  }

  @Test("A11 a transfer coding in HTTP/1.0 is faulty both ways")
  func a11CodingInHTTP10() async throws {
    try await expectBadGateway(
      "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", cause: "response_transfer_coding",
      token: "http_response_transfer_coding")
    try await expectRefusal(
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, cause: "request_transfer_coding"
    )
  }

  static let requests: [(start: String, fields: String, framing: String, body: String)] = [
    ("POST", "Content-Length: 11\r\n", "Content-Length: 11", "hello world"),
    ("GET", "Content-Length: 5\r\n", "Content-Length: 5", "hello"),
    ("POST", "Content-Length: 0\r\n", "Content-Length: 0", ""),
    (
      "PUT", "Transfer-Encoding: Chunked\r\n", "transfer-encoding: chunked",
      "6;e\r\nhello \r\n5\r\nworld\r\n0\r\nT: 1\r\n\r\n"
    ),
    ("GET", "Transfer-Encoding: chunked\r\n", "transfer-encoding: chunked", "2\r\nab\r\n0\r\n\r\n"),
    ("POST", "", "", ""), ("DELETE", "", "", ""),
  ]

  @Test("A12 request bodies go up in their own framing, to the byte", arguments: requests, Wire.Pace.allCases)
  func a12RequestBodies(
    _ request: (start: String, fields: String, framing: String, body: String), _ pace: Wire.Pace
  ) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.takeHead() ?? "")
      if let body = peer.read(count: request.body.utf8.count) { origin.note(Wire.text(body)) }
      peer.write(Wire.good)
      // Nothing may follow the body before the next request.
      origin.note(peer.takeHead() ?? "")
      peer.write(Wire.good)
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let head = "\(request.start) / HTTP/1.1\r\nHost: pub\r\n\(request.fields)\r\n"
      let answer = try await ask(server.port, head + request.body + Wire.get("/next"), pace)
      #expect(answer.statuses == [200, 200])
    }
    let framing = origin.requests[0].split(separator: "\r\n").filter {
      $0.lowercased().hasPrefix("content-length") || $0.lowercased().hasPrefix("transfer-encoding")
    }
    #expect(framing.map(String.init) == (request.framing.isEmpty ? [] : [request.framing]))
    #expect(origin.requests[0].hasPrefix("\(request.start) / HTTP/1.1\r\n"))
    #expect(origin.requests[1] == request.body)
    #expect(origin.requests[2].hasPrefix("GET /next HTTP/1.1\r\n"))
  }
}
