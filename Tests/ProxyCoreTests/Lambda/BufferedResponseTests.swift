import NIOCore
import Testing
import ToolSupport

@testable import ProxyCore

extension BufferedResponse {
  /// What expectations can call.
  fileprivate mutating func takes(_ count: Int) -> Bool { append(ByteBuffer(repeating: 7, count: count)) }
}

@Suite struct BufferedResponseTests {
  static func document(
    _ fields: String, _ pieces: [[UInt8]], front: LambdaEvent.Front = .functionURL, status: String = "200 OK"
  ) throws -> String? {
    var response = try BufferedResponse(
      try LambdaResponseHeadTests.head(fields, status: status), front: front, length: nil)
    for piece in pieces {
      let isTaken = response.append(ByteBuffer(bytes: piece))
      #expect(isTaken)
    }
    return response.finish().map { String(buffer: $0) }
  }

  @Test func gzipIsBase64HoweverItComes() throws {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let expected = Base64.encode(bytes)
    for size in [1, 2, 3, 4, 5, 64, 999, 1000] {
      let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
      let document = try #require(try Self.document("Content-Encoding: gzip\r\nContent-Type: text/plain\r\n", pieces))
      #expect(document.hasSuffix(#""isBase64Encoded":true,"body":"\#(expected)"}"#))
    }
  }

  @Test func textIsTextAndWhatOnlyClaimsToBeIsNot() throws {
    let type = "Content-Type: application/json; charset=utf-8\r\n"
    let text = try #require(try Self.document(type, [Array(#"{"a":"ü"}"#.utf8)]))
    #expect(text.hasSuffix(#""isBase64Encoded":false,"body":"{\"a\":\"ü\"}"}"#))
    let broken = try #require(try Self.document(type, [[0x7B, 0xFF, 0x7D]]))
    #expect(broken.hasSuffix(#""isBase64Encoded":true,"body":"e/99"}"#))
    let empty = try #require(try Self.document("", []))
    #expect(empty.hasSuffix(#""isBase64Encoded":false,"body":""}"#))
  }

  /// Marks that combine with a quote before or after them would be cut with it, if text were cut by characters.
  @Test(arguments: ["\u{301}abc", "abc\u{600}", "\u{200D}", "\u{FE0F}x\u{301}"])
  func noCharacterIsLostAtTheEnds(_ body: String) throws {
    let document = try #require(try Self.document("Content-Type: text/plain\r\n", [Array(body.utf8)]))
    #expect(
      Array(document.utf8).suffix(body.utf8.count + 10).elementsEqual(
        Array("\"body\":\"\(body)\"}".utf8).suffix(body.utf8.count + 10)))
    let decoded = try Array(document.utf8).withUnsafeBytes { bytes in
      var scanner = JSONScanner(bytes)
      var body = ""
      try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
        if name == "body" { body = try scanner.string() } else { try scanner.skip() }
      }
      return body
    }
    #expect(Array(decoded.utf8) == Array(body.utf8))
  }

  /// However it comes in pieces, and whatever is in it.
  @Test func everyByteOfTextIsKept() throws {
    let body = Array((0..<0x80).map { UInt8($0) }) + Array("Grüße 😀\u{2028}".utf8)
    for size in 1...7 {
      let pieces = stride(from: 0, to: body.count, by: size).map { Array(body[$0..<min($0 + size, body.count)]) }
      let document = try #require(try Self.document("Content-Type: text/plain\r\n", pieces))
      let read = try Array(document.utf8).withUnsafeBytes { bytes in
        var scanner = JSONScanner(bytes)
        var found: [UInt8] = []
        try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
          if name == "body" { found = Array(try scanner.string().utf8) } else { try scanner.skip() }
        }
        return found
      }
      #expect(read == body)
      #expect(document.contains(#""isBase64Encoded":false"#))
    }
  }

  @Test(
    arguments: [
      ([0xC3], true), ([0xC3, 0xA9], false), ([0xE0, 0x80, 0x80], true), ([0xED, 0xA0, 0x80], true),
      ([0xF4, 0x90, 0x80, 0x80], true), ([0xF0, 0x9F, 0x98, 0x80], false), ([0xFF], true), ([0x80], true),
      ([0xC0, 0x80], true), ([0xE2, 0x82], true), ([0xE2, 0x28], true),
    ] as [([UInt8], Bool)])
  func whatIsNoUTF8IsBase64(_ bytes: [UInt8], _ isBase64: Bool) throws {
    for pieces in [[bytes], bytes.map { [$0] }] {
      let document = try #require(try Self.document("Content-Type: text/plain\r\n", pieces))
      #expect(document.contains(#""isBase64Encoded":\#(isBase64)"#))
      #expect((String(validating: bytes, as: UTF8.self) == nil) == isBase64)
    }
  }

  @Test func everyFrontGetsItsOwnShape() throws {
    let fields = "Content-Type: text/plain\r\nX-A: 1\r\nX-A: 2\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"
    func shape(_ front: LambdaEvent.Front) throws -> String? { try Self.document(fields, [[65]], front: front) }
    #expect(
      try shape(.httpAPI) == #"{"statusCode":200,"headers":{"Content-Type":"text/plain","X-A":"1, 2"},"#
        + #""cookies":["a=1","b=2"],"isBase64Encoded":false,"body":"A"}"#)
    #expect(
      try shape(.restAPI) == #"{"statusCode":200,"multiValueHeaders":{"Content-Type":["text/plain"],"X-A":["1, 2"],"#
        + #""set-cookie":["a=1","b=2"]},"isBase64Encoded":false,"body":"A"}"#)
    #expect(
      try shape(.balancer(isMultiValue: true))
        == #"{"statusCode":200,"statusDescription":"200 OK","multiValueHeaders":{"Content-Type":["text/plain"],"#
        + #""X-A":["1, 2"],"set-cookie":["a=1","b=2"]},"isBase64Encoded":false,"body":"A"}"#)
    #expect(
      try shape(.balancer(isMultiValue: false))
        == #"{"statusCode":200,"statusDescription":"200 OK","headers":{"Content-Type":"text/plain","X-A":"1, 2","#
        + #""set-cookie":"a=1","Set-cookie":"b=2"},"isBase64Encoded":false,"body":"A"}"#)
  }

  @Test func namesDifferAsLongAsThereAreLetters() {
    let names = Set((0..<512).map { BufferedResponse.spelling("set-cookie", $0) })
    #expect(names.count == 512)
    #expect(Set(names.map { $0.lowercased() }) == ["set-cookie"])
  }

  /// The largest body that fits makes a document of the limit's length or up to three bytes less; one byte more is refused.
  @Test(arguments: [LambdaEvent.Front.functionURL, .restAPI, .balancer(isMultiValue: false)])
  func theCeilingIsExact(_ front: LambdaEvent.Front) throws {
    let head = try LambdaResponseHeadTests.head("Content-Encoding: gzip\r\n")
    let limit = BufferedResponse.limit(of: front)
    var empty = try BufferedResponse(head, front: front, length: nil)
    _ = empty.takes(3)
    let smallest = empty.finish()
    let overhead = try #require(smallest).readableBytes - 4
    let largest = (Int(limit) - overhead) / 4 * 3

    var fits = try BufferedResponse(head, front: front, length: Int64(largest))
    let isTaken = fits.takes(largest)
    #expect(isTaken)
    let document = fits.finish()
    let size = try #require(document).readableBytes
    #expect(size <= limit && size > limit - 4)

    #expect(throws: ProxyCause.responseTooLarge) {
      _ = try BufferedResponse(head, front: front, length: Int64(largest + 1))
    }
    var grows = try BufferedResponse(head, front: front, length: nil)
    let answers = [grows.takes(largest), grows.takes(1)]
    #expect(answers == [true, false])
  }

  /// Quotes double as JSON, and grow by a third as base64.
  @Test func textThatGrowsAsJSONGoesAsBase64AndIsRefusedInTime() throws {
    let head = try LambdaResponseHeadTests.head("Content-Type: text/plain\r\n")
    let count = Int(LambdaSettings.balancerLimit) * 7 / 10
    var response = try BufferedResponse(head, front: .balancer(isMultiValue: true), length: Int64(count))
    let isTaken = response.append(ByteBuffer(repeating: UInt8(ascii: "\""), count: count))
    #expect(isTaken)
    let document = response.finish().map { String(buffer: $0) }
    #expect(document?.contains(#""isBase64Encoded":true"#) == true)
    #expect(document?.utf8.count ?? 0 <= LambdaSettings.balancerLimit)
    var larger = try BufferedResponse(head, front: .balancer(isMultiValue: true), length: nil)
    let answers = [
      larger.append(ByteBuffer(repeating: UInt8(ascii: "\""), count: count)),
      larger.append(ByteBuffer(repeating: UInt8(ascii: "\""), count: count / 6)),
    ]
    #expect(answers == [true, false])
  }

  @Test(arguments: [Int64.max, 1 << 62]) func anAbsurdLengthIsRefused(_ length: Int64) throws {
    for fields in ["Content-Encoding: gzip\r\n", "Content-Type: text/plain\r\n"] {
      let head = try LambdaResponseHeadTests.head(fields)
      #expect(throws: ProxyCause.responseTooLarge) {
        _ = try BufferedResponse(head, front: .functionURL, length: length)
      }
    }
  }
}
