import Testing

@testable import LoadGen

/// A stream is told from its reference wherever they differ, however it was split.
final class BlockDigestsTests {
  private static let block = BlockDigests.blockBytes

  /// Of two segments, the second with a beginning of a block at its end.
  private let body: SegmentedBytes = {
    var body = SegmentedBytes()
    let count = SegmentedBytes.segmentBytes + 5 * BlockDigests.blockBytes + 700
    var state: UInt32 = 1
    let bytes = (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    bytes.withUnsafeBytes { whole in
      var at = 0
      while at < count {
        let length = min(SegmentedBytes.segmentBytes, count - at)
        body.addSegment(length)
        body.append(UnsafeRawBufferPointer(rebasing: whole[at..<at + length]))
        at += length
      }
    }
    return body
  }()
  private let digests: BlockDigests

  init() { digests = BlockDigests(of: body) }

  deinit { body.deallocate() }

  private func bytes(from start: Int, to end: Int) -> [UInt8] {
    var copy: [UInt8] = []
    body.forEachPiece(from: Int64(start), to: Int64(end)) {
      copy.append(contentsOf: $0)
      return true
    }
    return copy
  }

  private func match(_ bytes: [UInt8], _ position: Int) -> Bool {
    bytes.withUnsafeBytes { digests.match($0, at: Int64(position), of: body) }
  }

  /// Pieces that begin and end before, at and behind the ends of blocks and of a segment.
  private static let ranges: [Range<Int>] = {
    let segment = SegmentedBytes.segmentBytes
    let starts = [
      0, 1, block - 1, block, block + 1, segment - block - 1, segment - block, segment - 1, segment, segment + 1,
    ]
    let lengths = [0, 1, block - 1, block, block + 1, 2 * block - 1, 2 * block, 3 * block + 77]
    return starts.flatMap { start in lengths.map { start..<start + $0 } }
  }()

  @Test func piecesAreTheSameOrNot() {
    for range in Self.ranges { check(range) }
  }

  private func check(_ range: Range<Int>) {
    let piece = bytes(from: range.lowerBound, to: range.upperBound)
    #expect(piece.count == range.count)
    #expect(match(piece, range.lowerBound))
    for at in piece.indices {
      var other = piece
      other[at] ^= 1 << UInt8(at % 8)
      if match(other, range.lowerBound) {
        Issue.record("byte \(at) of \(range) differs and passes")
      }
    }
  }

  @Test func nothingPassesBehindTheEnd() {
    let count = Int(body.count)
    let last = bytes(from: count - 700 - Self.block, to: count)
    #expect(match(last, count - last.count))
    #expect(!match(last + [0], count - last.count))
    #expect(!match([0], count))
    #expect(!match([0], count + 5 * Self.block))
    #expect(!match(last, -1))
  }

  /// Two blocks that changed places: each is right, and where it does not belong.
  @Test func swappedBlocksDiffer() {
    let pair = bytes(from: 0, to: 2 * Self.block)
    #expect(!match(Array(pair[Self.block...] + pair[..<Self.block]), 0))
  }
}
