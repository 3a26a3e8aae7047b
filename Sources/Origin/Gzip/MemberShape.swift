internal import NIOCore

/// What all members of one decoded size have in common: how many whole blocks, and the piece that ends them.
///
/// A member is a gzip header, `blocks` copies of the template, a tail that holds the rest of the text and deflate's final
/// block, and the trailer. The tail is a short block of its own, made once; it too has an index, cut off if the rest is
/// shorter than that.
struct MemberShape: Sendable {
  let decodedLength: Int64
  let blocks: Int64
  /// The tail's wire bytes with index 0.
  let tail: ByteBuffer
  /// The tail's decoded bytes with index 0.
  let tailDecoded: [UInt8]
  let blocksWireLength: Int64

  private let storedTailLength: Int
  private let restCRC: UInt32
  private let restShift: UInt32
  private let tailShift: UInt32

  static let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
  static let trailerLength = 8

  init(decodedLength: Int64, template: BlockTemplate) throws {
    self.decodedLength = decodedLength
    let blockLength = Int64(template.decoded.count)
    blocks = decodedLength / blockLength
    blocksWireLength = blocks * Int64(template.wireLength)
    let rest = Int(decodedLength % blockLength)
    tailDecoded = Array(template.decoded.prefix(rest))
    storedTailLength = min(rest, template.storedLength)
    let stored = tailDecoded[..<storedTailLength]
    let text = tailDecoded[storedTailLength...]
    tail = ByteBuffer(bytes: (stored.isEmpty ? [] : Deflate.stored(stored)) + (try Deflate.final(text)))
    restCRC = text.withUnsafeBytes { CRC32.of($0) }
    restShift = CRC32.shift(byCount: Int64(text.count))
    tailShift = CRC32.shift(byCount: Int64(rest))
  }

  var wireLength: Int64 {
    Int64(Self.header.count) + blocksWireLength + Int64(tail.readableBytes) + Int64(Self.trailerLength)
  }

  /// How many indexes a member uses up: one for each block and one for the tail.
  var indexes: Int64 { blocks + 1 }

  /// How many of the index's digits the tail is long enough to hold.
  var tailDigits: Int { max(0, min(BlockIndex.digitCount, storedTailLength - BlockIndex.digitsOffset)) }

  /// CRC32 and ISIZE of the member whose first block has index `first`.
  func trailer(first: Int64, template: BlockTemplate) -> [UInt8] {
    var stored = Array(tailDecoded.prefix(storedTailLength))
    let index = UInt32(clamping: first + blocks)
    for place in 0..<tailDigits {
      stored[BlockIndex.digitsOffset + place] = BlockIndex.digit(place, of: index)
    }
    let tailCRC = CRC32.combine(CRC32.of(stored), restCRC, shift: restShift)
    let crc = CRC32.combine(template.runCRC.crc(first: first, count: blocks), tailCRC, shift: tailShift)
    let size = UInt32(truncatingIfNeeded: decodedLength)
    return littleEndian(crc) + littleEndian(size)
  }

  private func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> UInt32(8 * $0)) }
  }
}
