import TestSupport
import Testing
import ToolSupport

@testable import Origin

/// Every front byte for byte, but for its Date, which must be there and stand first.
struct FrontTests {
  private static let ids = (
    request: "x-amzn-RequestId: 4f5c1c5e-6d1f-4b8a-9d53-7a1b2c3d4e5f",
    trace: "X-Amzn-Trace-Id: Root=1-65f2a1b3-0123456789abcdef01234567;Sampled=0"
  )

  /// The head's lines after Date, and the body.
  private static func see(_ port: Int, _ name: String) throws -> (lines: [String], body: [UInt8]) {
    let client = try RawClient(port: port)
    // Two requests: the first response is as it is on a connection that lives on.
    try client.send("GET /front/\(name) HTTP/1.1\r\nHost: x\r\n\r\n")
    let head = String(decoding: client.read(through: "\r\n\r\n"), as: UTF8.self)
    var lines = head.components(separatedBy: "\r\n")
    #expect(lines.suffix(2) == ["", ""])
    lines.removeLast(2)
    #expect(lines.count > 2 && lines[1].hasPrefix("Date: "))
    lines.remove(at: 1)
    if let length = lines.last?.dropPrefix("Content-Length: ").flatMap({ Int($0) }) {
      return (lines, client.read(length))
    }
    return (lines, client.read(through: "\r\n0\r\n\r\n"))
  }

  @Test(
    arguments: [
      (
        "function-url-502",
        ["HTTP/1.1 502 Bad Gateway", "Content-Type: application/json", ids.request, ids.trace, "Content-Length: 21"],
        "Internal Server Error"
      ),
      (
        "rest-502",
        [
          "HTTP/1.1 502 Bad Gateway", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: InternalServerErrorException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: 36",
        ],
        #"{"message": "Internal server error"}"#
      ),
      (
        "rest-504",
        [
          "HTTP/1.1 504 Gateway Timeout", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: InternalServerErrorException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: 41",
        ],
        #"{"message": "Endpoint request timed out"}"#
      ),
      (
        "http-api-500",
        [
          "HTTP/1.1 500 Internal Server Error", "Content-Type: application/json", "apigw-requestid: UvWxYzAbCdEfGhI=",
          "Content-Length: 35",
        ],
        #"{"message":"Internal Server Error"}"#
      ),
      (
        "alb-502",
        ["HTTP/1.1 502 Bad Gateway", "Server: awselb/2.0", "Content-Type: text/html", "Content-Length: 122"],
        "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n"
          + "</body>\r\n</html>\r\n"
      ),
      (
        "throttle-429",
        [
          "HTTP/1.1 429 Too Many Requests", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: TooManyRequestsException", ids.trace, "Content-Length: 87",
        ],
        #"{"Reason":"ConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"#
      ),
      (
        "function-url-403",
        [
          "HTTP/1.1 403 Forbidden", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: AccessDeniedException", ids.trace, "Content-Length: 144",
        ],
        #"{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: "#
          + #"https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}"#
      ),
      (
        "rest-500-prelude",
        [
          "HTTP/1.1 500 Internal Server Error", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: InternalServerErrorException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: 36",
        ],
        #"{"message": "Internal server error"}"#
      ),
      (
        "rest-403-missing-token",
        [
          "HTTP/1.1 403 Forbidden", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: MissingAuthenticationTokenException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=",
          "Content-Length: 42",
        ],
        #"{"message":"Missing Authentication Token"}"#
      ),
      (
        "rest-413",
        [
          "HTTP/1.1 413 Content Too Large", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: RequestTooLargeException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: 30",
        ],
        #"{"message":"Request Too Long"}"#
      ),
      (
        "rest-429",
        [
          "HTTP/1.1 429 Too Many Requests", "Content-Type: application/json", ids.request,
          "x-amzn-ErrorType: TooManyRequestsException", "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: 31",
        ],
        #"{"message":"Too Many Requests"}"#
      ),
      (
        "http-api-503",
        [
          "HTTP/1.1 503 Service Unavailable", "Content-Type: application/json", "apigw-requestid: UvWxYzAbCdEfGhI=",
          "Content-Length: 33",
        ],
        #"{"message":"Service Unavailable"}"#
      ),
      (
        "http-api-403",
        [
          "HTTP/1.1 403 Forbidden", "Content-Type: application/json", "apigw-requestid: UvWxYzAbCdEfGhI=",
          "Content-Length: 23",
        ],
        #"{"message":"Forbidden"}"#
      ),
      (
        "http-api-413",
        [
          "HTTP/1.1 413 Content Too Large", "Content-Type: application/json", "apigw-requestid: UvWxYzAbCdEfGhI=",
          "Content-Length: 38",
        ],
        #"{"message":"Request Entity Too Large"}"#
      ),
      (
        "http-api-429",
        [
          "HTTP/1.1 429 Too Many Requests", "Content-Type: application/json", "apigw-requestid: UvWxYzAbCdEfGhI=",
          "Content-Length: 31",
        ],
        #"{"message":"Too Many Requests"}"#
      ),
      (
        "alb-503",
        [
          "HTTP/1.1 503 Service Unavailable", "Server: awselb/2.0", "Content-Type: text/html", "Content-Length: 162",
        ],
        "<html>\r\n<head><title>503 Service Temporarily Unavailable</title></head>\r\n<body>\r\n"
          + "<center><h1>503 Service Temporarily Unavailable</h1></center>\r\n</body>\r\n</html>\r\n"
      ),
      (
        "alb-504",
        ["HTTP/1.1 504 Gateway Timeout", "Server: awselb/2.0", "Content-Type: text/html", "Content-Length: 132"],
        "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n"
          + "<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n"
      ),
      (
        "alb-413",
        ["HTTP/1.1 413 Content Too Large", "Server: awselb/2.0", "Content-Type: text/html", "Content-Length: 148"],
        "<html>\r\n<head><title>413 Request Entity Too Large</title></head>\r\n<body>\r\n"
          + "<center><h1>413 Request Entity Too Large</h1></center>\r\n</body>\r\n</html>\r\n"
      ),
    ] as [(String, [String], String)])
  func errors(name: String, lines: [String], body: String) async throws {
    try await withOrigin { port in
      let seen = try Self.see(port, name)
      #expect(seen.lines == lines)
      #expect(String(decoding: seen.body, as: UTF8.self) == body)
    }
  }

  private static func gzip() throws -> [UInt8] { GzipBodyTests.all(try GzipBodyTests.body(64 * 1024)) }

  private static func dechunk(_ body: [UInt8]) -> [UInt8] {
    let chunks = RawResponse(Array("HTTP/1.1 200 OK\r\n\r\n".utf8) + body)?.dechunked
    #expect(chunks?.isWhole == true && chunks?.rest.isEmpty == true)
    return chunks?.data ?? []
  }

  @Test func aLeakedPrelude() async throws {
    let gzip = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, "prelude-leak")
      #expect(
        seen.lines == [
          "HTTP/1.1 200 OK", "Content-Type: application/octet-stream", Self.ids.request, Self.ids.trace,
          "Transfer-Encoding: chunked",
        ])
      let prelude =
        #"{"statusCode":200,"headers":{"content-type":"text/plain","content-encoding":"gzip"},"cookies":[]}"#
      #expect(Self.dechunk(seen.body) == Array(prelude.utf8) + [0, 0, 0, 0, 0, 0, 0, 0] + gzip)
    }
  }

  @Test func aStreamWithoutItsPrelude() async throws {
    try await withOrigin { port in
      let seen = try Self.see(port, "no-prelude")
      #expect(
        seen.lines == [
          "HTTP/1.1 200 OK", "Content-Type: application/octet-stream", Self.ids.request, Self.ids.trace,
          "Transfer-Encoding: chunked",
        ])
      #expect(String(decoding: seen.body, as: UTF8.self) == "0\r\n\r\n")
    }
  }

  @Test func aBodyInBase64() async throws {
    let gzip = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, "base64-body")
      #expect(
        seen.lines == [
          "HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Encoding: gzip", Self.ids.request,
          "x-amz-apigw-id: UvWxYzAbCdEfGhI=", "Content-Length: \((gzip.count + 2) / 3 * 4)",
        ])
      #expect(String(decoding: seen.body.prefix(5), as: UTF8.self) == "H4sIA")
      #expect(String(decoding: seen.body, as: UTF8.self) == Base64.encode(gzip))
    }
  }

  @Test func anErrorInTheBody() async throws {
    let gzip = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, "in-band-error")
      #expect(
        seen.lines == [
          "HTTP/1.1 200 OK", "Content-Type: text/plain", "Content-Encoding: gzip", Self.ids.request, Self.ids.trace,
          "Transfer-Encoding: chunked",
        ])
      let text =
        "Lambda-Runtime-Function-Error-Type: Function.StreamError\r\nLambda-Runtime-Function-Error-Body: "
        + "eyJlcnJvck1lc3NhZ2UiOiJ1cHN0cmVhbSBjbG9zZWQiLCJlcnJvclR5cGUiOiJGdW5jdGlvbi5TdHJlYW1FcnJvciIsInN0YWNrVHJhY2Ui"
        + "OltdfQ==\r\n"
      #expect(Self.dechunk(seen.body) == Array(gzip[..<(gzip.count / 2)]) + Array(text.utf8))
    }
  }

  @Test func aDecodedBody() async throws {
    let gzip = try Self.gzip()
    try await withOrigin { port in
      let seen = try Self.see(port, "decoded")
      #expect(
        seen.lines == [
          "HTTP/1.1 200 OK", "Content-Type: text/plain", "x-amzn-remapped-content-length: \(gzip.count)",
          Self.ids.request, Self.ids.trace, "Transfer-Encoding: chunked",
        ])
      let text = Self.dechunk(seen.body)
      #expect(text == Gunzip.of(gzip, keep: 64 * 1024).decoded && text.count == 64 * 1024)
      #expect(text.allSatisfy { $0 == 10 || (32..<127).contains($0) })
    }
  }
}

extension String {
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }

  fileprivate func dropPrefix(_ prefix: String) -> Substring? { hasPrefix(prefix) ? dropFirst(prefix.count) : nil }
}
