internal import NIOCore

/// Reads a body from front to back in slabs, without copying where whole slabs of whole blocks follow one another.
///
/// A slab once sent holds the same blocks as the next one but for the digits of their indexes. Those are changed in place
/// when nobody else holds the buffer any more, which is so once its write is done; a buffer still in use is copied by
/// ByteBuffer itself, so a mistake here would cost speed and never bytes.
struct SlabReader {
  /// The most that one read returns, and with it all that a connection ever has queued of a body: 256 KiB.
  static let limit = 256 * 1024

  private let body: GzipBody
  private let blocksPerSlab: Int
  private var slab = ByteBuffer()
  private var slabIsFilled = false

  init(_ body: GzipBody) {
    self.body = body
    blocksPerSlab = max(1, Self.limit / body.template.wireLength)
  }

  /// At least one and at most `limit` bytes from `range`'s beginning; the range must not be empty.
  mutating func read(_ range: Range<Int64>, limit: Int) -> ByteBuffer {
    let place = body.place(at: range.lowerBound)
    let slabLength = blocksPerSlab * body.template.wireLength
    var count = Int(clamping: min(range.upperBound - range.lowerBound, Int64(min(limit, Self.limit))))
    if place.part == .block, place.blocksLeft >= Int64(blocksPerSlab), count >= slabLength {
      if place.offset == 0 {
        fillSlab(range.lowerBound, first: place.index, length: slabLength)
        return slab
      }
      // Up to the next block's beginning, so that whole slabs can follow.
      count = place.available
    } else if place.part == .header, place.shape.blocks >= Int64(blocksPerSlab) {
      count = min(count, place.available)
    }
    return body.bytes(range.lowerBound..<range.lowerBound + Int64(count))
  }

  private mutating func fillSlab(_ position: Int64, first: Int64, length: Int) {
    guard slabIsFilled else {
      slab = body.bytes(position..<position + Int64(length))
      slabIsFilled = true
      return
    }
    let step = body.template.wireLength
    var at = slab.readerIndex + BlockTemplate.wireDigitsOffset
    for block in 0..<blocksPerSlab {
      slab.setInteger(BlockIndex.digits(UInt32(clamping: first + Int64(block))), at: at, endianness: .big)
      at += step
    }
  }
}
