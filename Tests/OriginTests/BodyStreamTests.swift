import NIOCore
import Testing
import ToolSupport

@testable import Origin

struct BodyStreamTests {
  private func all(_ stream: BodyStream, limit: Int) -> [UInt8] {
    var stream = stream
    var bytes: [UInt8] = []
    while let piece = stream.next(limit: limit) {
      #expect(piece.readableBytes > 0)
      bytes += Array(piece.readableBytesView)
    }
    return bytes
  }

  private let segments: [Segment] = [.text("abc"), .text(""), .text("defgh")]

  @Test(arguments: [1, 2, 3, 7, 1000])
  func chunksAreTheSameWhateverTheLimit(limit: Int) {
    #expect(all(BodyStream(segments, chunk: 4), limit: limit) == Array("4\r\nabcd\r\n4\r\nefgh\r\n0\r\n\r\n".utf8))
    #expect(all(BodyStream(segments, chunk: 100), limit: limit) == Array("8\r\nabcdefgh\r\n0\r\n\r\n".utf8))
    #expect(all(BodyStream([], chunk: 4), limit: limit) == Array("0\r\n\r\n".utf8))
    #expect(all(BodyStream(segments, chunk: nil), limit: limit) == Array("abcdefgh".utf8))
    #expect(all(BodyStream([], chunk: nil), limit: limit) == [])
  }

  @Test(arguments: [1, 2, 1000])
  func aBodyThatStopsHasNoEnd(limit: Int) {
    #expect(all(BodyStream(segments, chunk: 4, stopAfter: 5), limit: limit) == Array("4\r\nabcd\r\n4\r\ne".utf8))
    #expect(all(BodyStream(segments, chunk: 4, stopAfter: 8), limit: limit) == Array("4\r\nabcd\r\n4\r\nefgh\r\n".utf8))
    #expect(all(BodyStream(segments, chunk: 4, stopAfter: 0), limit: limit) == [])
    #expect(all(BodyStream(segments, chunk: nil, stopAfter: 5), limit: limit) == Array("abcde".utf8))
  }

  @Test func segmentsOfGzipAreTheirRanges() throws {
    let body = try GzipBodyTests.body(3_000_000)
    let whole = GzipBodyTests.all(body)
    let segments: [Segment] = [.gzip(body, 0..<100), .text("!"), .gzip(body, 101..<body.length)]
    var expected = whole
    expected[100] = UInt8(ascii: "!")
    #expect(all(BodyStream(segments, chunk: nil), limit: 1 << 20) == expected)
    #expect(all(BodyStream(segments, chunk: nil, stopAfter: 500_000), limit: 1 << 20) == Array(expected[..<500_000]))
  }

  @Test func aPieceIsBounded() throws {
    let body = try GzipBodyTests.body(8 << 20, ratio: 100)
    for chunk in [nil, 1, 32 * 1024, 16 << 20] {
      var stream = BodyStream([.gzip(body, 0..<body.length)], chunk: chunk)
      for _ in 0..<3 { #expect((stream.next(limit: .max)?.readableBytes ?? 0) <= SlabReader.limit + 64) }
    }
  }

  // MARK: Pace

  @Test(arguments: [1, 19, 20, 1000, 1 << 20, 1 << 40] as [Int64])
  func aPaceIsKeptWithoutDrift(rate: Int64) {
    var pacer = Pacer(bytesPerSecond: rate, start: 1000)
    var now: UInt64 = 1000
    var sent: Int64 = 0
    for _ in 0..<200 {
      let allowed = pacer.allowance(at: now)
      #expect(allowed > 0)
      pacer.didSend(allowed)
      sent += allowed
      #expect(pacer.allowance(at: now) == 0)
      let next = pacer.nextStep()
      #expect(next > now)
      if rate >= 20 { #expect(next - now <= 50_000_002) }
      now = next
    }
    // What was sent is what the line through the start says, give or take the first step.
    let seconds = Double(now - 1000) / 1e9
    let step = Double(max(1, rate / 50))
    #expect(abs(Double(sent) - Double(rate) * seconds) <= step + 1)
  }

  @Test func aSlowReaderIsCaughtUpWith() {
    var pacer = Pacer(bytesPerSecond: 1000, start: 0)
    pacer.didSend(20)
    #expect(pacer.allowance(at: 10_000_000_000) == 10_000)
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy"),
  ])
  func base64(plain: String, encoded: String) { #expect(Base64.encode(Array(plain.utf8)) == encoded) }
}
