import TestSupport
import Testing

@testable import ProxyCore

/// Conditional requests, ranges and what describes a representation: none of it is ours (RFC 9110 §8, §13, §14).
@Suite("Checklist C: conditional, range, representation") struct ChecklistC {
  /// `response` (without its body) must come down as it is for a request with `fields`, which must go up as they are.
  static func expectUntouched(
    _ response: String, _ body: String, asking fields: String, location: SourceLocation = #_sourceLocation
  ) async throws {
    let lines = try await upstreamHead(Wire.keep("/", fields))
    #expect(
      lines == ["GET / HTTP/1.1", "host: ORIGIN"] + fields.split(separator: "\r\n").map(String.init) + ownLines,
      sourceLocation: location)
    let answer = try await relay(response + "\r\n" + body, to: Wire.get("/", fields))
    #expect(answer.text == response + Wire.closed + body, sourceLocation: location)
  }

  @Test(
    "C1 conditions pass, and 304 keeps what it says",
    arguments: [
      "If-None-Match: \"a\", W/\"b\"\r\n", "If-None-Match: *\r\n",
      "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
    ])
  func c01Conditions(_ fields: String) async throws {
    try await Self.expectUntouched(
      """
      HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nVary: Accept-Encoding\r\nCache-Control: max-age=5\r\nContent-Location: /x\r
      Date: d\r\nExpires: e\r\nLast-Modified: l\r\nContent-Length: 9\r\n
      """, "", asking: fields)
  }

  @Test("C2 one range passes with its coding")
  func c02Range() async throws {
    try await Self.expectUntouched(
      "HTTP/1.1 206 P\r\nContent-Range: bytes 2-5/9\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\nETag: \"a\"\r\n",
      "\u{1f}\u{8b}\u{8}\0", asking: "Range: bytes=2-5\r\nIf-Range: \"a\"\r\n")
  }

  @Test("C2 416 keeps the size, 206 its several parts")
  func c02OtherRanges() async throws {
    try await Self.expectUntouched(
      "HTTP/1.1 416 R\r\nContent-Range: bytes */9\r\nContent-Length: 0\r\n", "", asking: "Range: bytes=10-\r\n")
    let parts = "--s\r\nContent-Range: bytes 0-0/9\r\n\r\na\r\n--s--\r\n"
    try await Self.expectUntouched(
      "HTTP/1.1 206 P\r\nContent-Type: multipart/byteranges; boundary=s\r\nContent-Length: \(parts.utf8.count)\r\n",
      parts,
      asking: "Range: bytes=0-0,2-2\r\n")
  }

  @Test(
    "C3 an ETag stays as strong as it is, and Vary as it is",
    arguments: ["\"a\"", "W/\"a\"", "\"a-gzip\"", "\"\"", "a"])
  func c03Validators(_ tag: String) async throws {
    try await Self.expectUntouched(
      "HTTP/1.1 200 OK\r\nETag: \(tag)\r\nVary: Origin, *\r\nVary: Accept-Encoding\r\nContent-Length: 2\r\n", "ok",
      asking: "If-Match: \(tag)\r\n")
  }

  static func expectCoded(_ coding: String, asking fields: String) async throws {
    try await expectUntouched(
      "HTTP/1.1 200 OK\r\nContent-Encoding: \(coding)\r\nContent-Length: 4\r\n", "\u{1f}\u{8b}\u{8}\0", asking: fields)
  }

  @Test(
    "C4 a client that asked for no coding gets what the origin sent",
    arguments: ["", "Accept-Encoding: identity\r\n", "Accept-Encoding: gzip;q=0, *;q=0\r\n"])
  func c04Unasked(_ fields: String) async throws {
    try await Self.expectCoded("gzip", asking: fields)
  }

  @Test(
    "C6 codings pass unchanged, known or not, once or twice",
    arguments: ["gzip", "gzip, gzip", "x-gzip", "br", "zstd", "GZIP", "gzip\r\nContent-Encoding: br", "unheard-of"])
  func c06Codings(_ coding: String) async throws {
    try await Self.expectCoded(coding, asking: "Accept-Encoding: gzip, br\r\n")
  }

  @Test("C5 a gzip body that does not say so is as opaque")
  func c05UnnamedGzip() async throws {
    try await Self.expectUntouched(
      "HTTP/1.1 200 OK\r\nContent-Type: application/gzip\r\nContent-Length: 4\r\n", "\u{1f}\u{8b}\u{8}\0",
      asking: "Accept-Encoding: identity\r\n")
  }

  @Test("C7 a body of no bytes may call itself gzip")
  func c07EmptyGzip() async throws {
    try await Self.expectUntouched(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n", "", asking: "Accept-Encoding: gzip\r\n")
    let chunked = try await relay(
      "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
    #expect(
      chunked.text == "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\ntransfer-encoding: chunked\r\n" + Wire.closed
        + "0\r\n\r\n")
  }
}
