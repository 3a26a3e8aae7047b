import TestSupport
import Testing

@testable import ProxyCore

/// Every limit of a head, exactly at it and one beyond, by its default and lowered, at once and byte by byte.
@Suite("Checklist B: limits") struct ChecklistBLimits {
  static let small: @Sendable (inout ProxyConfiguration) -> Void = {
    $0.limits.requestLine = 100
    $0.limits.headerBytes = 300
    $0.limits.headerCount = 6
  }

  /// A line of exactly that many bytes, without its end.
  static func filled(_ start: String, _ end: String, _ count: Int) -> String {
    start + String(repeating: "x", count: max(0, count - start.utf8.count - end.utf8.count)) + end
  }

  static func expectPasses(
    _ request: String, _ pace: Wire.Pace, with change: (inout ProxyConfiguration) -> Void, _ line: Int = #line
  ) async throws {
    let lines = try await upstreamHead(request, pace, with: change)
    #expect(lines.last == "cdn-loop: gzproxy-X", "line \(line)")
  }

  @Test("B13 the request line: 8 KiB pass, one more is 414")
  func b13RequestLine() async throws {
    for (limit, change) in [(8192, { _ in }), (100, Self.small)] as [(Int, (inout ProxyConfiguration) -> Void)] {
      for pace in Wire.Pace.allCases {
        let fits = Self.filled("GET /", " HTTP/1.1", limit) + "\r\nHost: a\r\n\r\n"
        try await Self.expectPasses(fits, pace, with: change)
        let longer = Self.filled("GET /", " HTTP/1.1", limit + 1) + "\r\nHost: a\r\n\r\n"
        try await expectRefusal(longer, 414, cause: "request_line_too_long", pace, with: change)
      }
      try await expectRefusal(Self.filled("GET /", "", 20_000), 414, cause: "request_line_too_long", with: change)
    }
  }

  @Test("B13 all fields: 64 KiB pass, one more is 431")
  func b13FieldBytes() async throws {
    let start = "GET / HTTP/1.1\r\n"
    let host = "Host: a\r\n"
    for (limit, change) in [(65_536, { _ in }), (300, Self.small)] as [(Int, (inout ProxyConfiguration) -> Void)] {
      for pace in Wire.Pace.allCases where pace == .atOnce || limit == 300 {
        let fits = start + host + Self.filled("A: ", "\r\n", limit - host.utf8.count) + "\r\n"
        try await Self.expectPasses(fits, pace, with: change)
        let longer = start + host + Self.filled("A: ", "\r\n", limit - host.utf8.count + 1) + "\r\n"
        try await expectRefusal(longer, 431, cause: "request_fields_too_large", pace, with: change)
      }
      let endless = start + host + Self.filled("A: ", "", 70_000)
      try await expectRefusal(endless, 431, cause: "request_fields_too_large", with: change)
    }
  }

  @Test("B13 the number of fields: 128 pass, one more is 431")
  func b13FieldCount() async throws {
    for (limit, change) in [(128, { _ in }), (6, Self.small)] as [(Int, (inout ProxyConfiguration) -> Void)] {
      for pace in Wire.Pace.allCases {
        let fits = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: limit - 1) + "\r\n"
        try await Self.expectPasses(fits, pace, with: change)
        let more = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: limit) + "\r\n"
        try await expectRefusal(more, 431, cause: "request_fields_too_large", pace, with: change)
      }
    }
  }

  @Test("B13 a response's head is held to the same limits, and one beyond is 502")
  func b13ResponseHead() async throws {
    let tooLarge = (cause: "response_head_too_large", token: "http_response_header_section_size")
    let length = "Content-Length: 0\r\n"
    for pace in Wire.Pace.allCases {
      let line = Self.filled("HTTP/1.1 200 ", "", 100)
      let fields = length + Self.filled("A: ", "\r\n", 300 - length.utf8.count)
      let count = length + String(repeating: "A: b\r\n", count: 5)
      for head in ["\(line)\r\n\(length)\r\n", "HTTP/1.1 200 OK\r\n\(fields)\r\n", "HTTP/1.1 200 OK\r\n\(count)\r\n"] {
        #expect(try await relay(head, pace, with: Self.small).statuses == [200])
      }
      for head in [
        "\(line)x\r\n\(length)\r\n", "HTTP/1.1 200 OK\r\nA\(fields)\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\(count)\r\n",
      ] {
        try await expectBadGateway(head, cause: tooLarge.cause, token: tooLarge.token, pace, with: Self.small)
      }
    }
    let fits = "HTTP/1.1 200 OK\r\n" + length + Self.filled("A: ", "\r\n", 65_536 - length.utf8.count) + "\r\n"
    #expect(try await relay(fits).statuses == [200])
    try await expectBadGateway(
      fits.replacing("A: ", with: "A:  "), cause: tooLarge.cause, token: tooLarge.token)
    let endless = "HTTP/1.1 200 OK\r\n" + Self.filled("A: ", "", 70_000)
    try await expectBadGateway(endless, cause: tooLarge.cause, token: tooLarge.token)
  }
}
