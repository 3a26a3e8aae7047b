import NIOCore
import Testing

@testable import ProxyCore

@Suite struct LambdaResponseHeadTests {
  static func head(_ fields: String, status: String = "200 OK") throws -> LambdaResponseHead {
    var message = ByteBuffer(string: "HTTP/1.1 \(status)\r\n\(fields)\r\n")
    return try #require(LambdaResponseHead(&message, limits: HeadLimits()))
  }

  @Test func thePreludeHasWhatFrontsNeed() throws {
    let head = try Self.head(
      "Content-Type: text/csv\r\nContent-Encoding: gzip\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2; Path=/\r\n"
        + "Content-Length: 12\r\nX-Two: one\r\nx-two: two\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n")
    #expect(
      head.prelude == #"{"statusCode":200,"headers":{"Content-Type":"text/csv","Content-Encoding":"gzip","#
        + #""x-gzproxy-content-length":"12","X-Two":"one, two"},"cookies":["a=1","b=2; Path=/"]}"#)
  }

  @Test func aTypeAndCookiesAreAlwaysThere() throws {
    #expect(
      try Self.head("").prelude
        == #"{"statusCode":200,"headers":{"content-type":"application/octet-stream"},"cookies":[]}"#)
    #expect(try Self.head("", status: "204 No Content").prelude == #"{"statusCode":204,"headers":{},"cookies":[]}"#)
  }

  @Test func theLengthIsOursToTell() throws {
    let head = try Self.head("X-Gzproxy-Content-Length: 77\r\nContent-Length: 5\r\n")
    #expect(head.fields.filter { $0.name == LambdaResponseHead.lengthField }.map(\.value) == ["5"])
  }

  @Test func whatNoFrontCouldSayIsLeftOut() throws {
    let head = try Self.head("x-a: ü\r\nx-b: a\tb\r\nx-c: \"q\\\"\r\nContent-Type: a\r\n")
    #expect(head.fields.map(\.name) == ["x-b", "x-c", "Content-Type"])
    #expect(head.prelude.contains(#""x-b":"a\u0009b","x-c":"\"q\\\"""#))
  }

  @Test(
    arguments: [
      ("", "200 OK", false, "\n"), ("", "404 Not Found", false, "\n"), ("", "204 No Content", false, nil),
      ("", "304 Not Modified", false, nil), ("", "200 OK", true, nil),
      ("Content-Encoding: br\r\n", "200 OK", false, nil),
    ] as [(String, String, Bool, String?)])
  func anEmptyBodyGetsAByteWhereOneMayStand(
    _ fields: String, _ status: String, _ toHead: Bool, _ expected: String?
  ) throws {
    let sentinel = EmptyBody.sentinel(try Self.head(fields, status: status), toHead: toHead)
    #expect(sentinel.map { String(buffer: $0) } == expected)
  }

  @Test func anEmptyGzipBodyGetsAnEmptyMember() throws {
    let sentinel = try #require(EmptyBody.sentinel(try Self.head("Content-Encoding: gzip\r\n"), toHead: false))
    #expect(Array(sentinel.readableBytesView.prefix(3)) == [0x1F, 0x8B, 8])
    #expect(sentinel.readableBytes == 20)
  }
}
