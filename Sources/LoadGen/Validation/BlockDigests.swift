import CInflate

/// The CRC-64 of each whole block of a body: tells that other bytes are the same without reading the body again
/// (Docs/decisions/029): what has just arrived is in the cache, the body is not.
///
/// Guarantees: another block passes with a chance of 2⁻⁶⁴, and never when all that differs is within 64 bits. Costs: 8 bytes
/// for each block. Without ISA-L it holds nothing, and all bytes are compared with the body.
struct BlockDigests {
  static let blockBytes = 2048
  static let digestBytes = 8

  private let digests: [UInt64]

  init(of body: SegmentedBytes) {
    var digests: [UInt64] = []
    if cinflate_has_isal() {
      digests.reserveCapacity(Int(body.count) / Self.blockBytes)
      // Pieces are segments, and all but the last have whole blocks only.
      body.forEachPiece(from: 0, to: body.count) { piece in
        for block in 0..<piece.count / Self.blockBytes {
          digests.append(Self.digest(piece, at: block * Self.blockBytes))
        }
        return true
      }
    }
    self.digests = digests
  }

  /// Whether `bytes` are what stands at `position` of `body`, which is the one that the digests are of.
  func match(_ bytes: UnsafeRawBufferPointer, at position: Int64, of body: SegmentedBytes) -> Bool {
    guard position >= 0, Int64(bytes.count) <= body.count - position else { return false }
    let block = Int64(Self.blockBytes)
    let first = (position + block - 1) / block
    let end = (position + Int64(bytes.count)) / block
    guard first < end, end <= Int64(digests.count) else { return body.matches(bytes, at: position) }
    let (head, tail) = (Int(first * block - position), Int(end * block - position))
    // Its beginning is wanted below, the rest with the next piece; until then there is time to fetch it.
    body.prefetch(at: end * block, count: Self.blockBytes)
    guard body.matches(UnsafeRawBufferPointer(rebasing: bytes[..<head]), at: position) else { return false }
    var offset = head
    for index in Int(first)..<Int(end) {
      guard Self.digest(bytes, at: offset) == digests[index] else { return false }
      offset += Self.blockBytes
    }
    return body.matches(UnsafeRawBufferPointer(rebasing: bytes[tail...]), at: end * block)
  }

  private static func digest(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    cinflate_crc64(UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + blockBytes]).baseAddress, blockBytes)
  }
}
