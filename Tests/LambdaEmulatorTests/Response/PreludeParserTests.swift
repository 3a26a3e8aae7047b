import NIOCore
import Testing

@testable import LambdaEmulator

@Suite struct PreludeParserTests {
  static let json = #"{"statusCode":200}"#

  /// Feeds `bytes` in pieces of `size`; what was found and the body that followed.
  private func feed(_ bytes: [UInt8], by size: Int, limit: Int = 1000) -> (PreludeParser.Result, [UInt8]) {
    var parser = PreludeParser(limit: limit)
    var result = PreludeParser.Result.needsMore
    var body: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      var buffer = ByteBuffer(bytes: bytes[start..<min(bytes.count, start + size)])
      if result == .needsMore { result = parser.feed(&buffer) }
      if case .failed = result { return (result, body) }
      body += buffer.readableBytesView
    }
    return (result, body)
  }

  /// The body may begin with a NUL of its own, and hold any.
  @Test(
    arguments: [1, 2, 3, 5, 8, 17, 18, 19, 25, 26, 27, 1000], [[], [0], [0, 0, 7], Array("text".utf8)] as [[UInt8]])
  func anyPieces(_ size: Int, _ body: [UInt8]) {
    let bytes = Array(Self.json.utf8) + [UInt8](repeating: 0, count: 8) + body
    let (result, rest) = feed(bytes, by: size)
    #expect(result == .found(Array(Self.json.utf8)))
    #expect(rest == body)
  }

  @Test(arguments: [1, 4, 100]) func sevenNullsAreNone(_ size: Int) {
    let bytes = Array(Self.json.utf8) + [UInt8](repeating: 0, count: 7) + [65]
    #expect(feed(bytes, by: size).0 == .failed(.badDelimiter))
  }

  @Test(arguments: [1, 7, 100]) func theLimitCountsTheDelimiter(_ size: Int) {
    let bytes = Array(Self.json.utf8) + [UInt8](repeating: 0, count: 8)
    #expect(feed(bytes, by: size, limit: bytes.count).0 == .found(Array(Self.json.utf8)))
    #expect(feed(bytes, by: size, limit: bytes.count - 1).0 == .failed(.tooLong))
    #expect(feed(bytes, by: size, limit: 5).0 == .failed(.tooLong))
  }

  @Test func withoutADelimiterItWaits() {
    #expect(feed(Array(Self.json.utf8), by: 3).0 == .needsMore)
    #expect(feed(Array(Self.json.utf8) + [0, 0], by: 3).0 == .needsMore)
  }
}
