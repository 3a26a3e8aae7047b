/// The CRC32 of any run of blocks in a time that does not depend on how many there are.
///
/// The blocks differ in their index alone, and each bit of an index is one bit of the text (`BlockIndex`). So a run of 2^j
/// blocks that starts at a multiple of 2^j has a checksum that is a constant plus one constant for every bit set in its
/// start. Those constants double up level by level: 32 levels, about 2,000 multiplications once for a template (well under
/// a millisecond), then at most 64 steps for a run, be it of one block or of a tebibyte.
struct BlockRunCRC: Sendable {
  private struct Level: Sendable {
    /// The checksum of blocks 0 ..< 2^j.
    var crc: UInt32
    /// Appends 2^j blocks' length.
    var shift: UInt32
    /// What bit b of the start adds to the checksum, b ≥ j.
    var bits: [UInt32]
  }

  private let levels: [Level]

  /// - Parameters:
  ///   - block: the checksum of the decoded block with index 0.
  ///   - bits: what each of the 32 bits of the index adds to it.
  ///   - length: decoded bytes of a block.
  init(block: UInt32, bits: [UInt32], length: Int) {
    var level = Level(crc: block, shift: CRC32.shift(byCount: Int64(length)), bits: bits)
    var levels = [level]
    for j in 0..<(bits.count - 1) {
      let shift = level.shift
      let second = level.crc ^ level.bits[j]
      level = Level(
        crc: CRC32.combine(level.crc, second, shift: shift),
        shift: CRC32.multiply(shift, shift),
        bits: level.bits.map { CRC32.combine($0, $0, shift: shift) })
      levels.append(level)
    }
    self.levels = levels
  }

  /// The checksum of the decoded bytes of blocks `first ..< first + count`; 0 for none.
  func crc(first: Int64, count: Int64) -> UInt32 {
    var crc: UInt32 = 0
    var index = UInt64(clamping: first)
    let end = index &+ UInt64(clamping: count)
    while index < end {
      let largest = UInt64.bitWidth - 1 - (end - index).leadingZeroBitCount
      let j = min(index == 0 ? levels.count - 1 : index.trailingZeroBitCount, largest, levels.count - 1)
      crc = CRC32.combine(crc, alignedRun(j, at: index), shift: levels[j].shift)
      index += 1 << UInt64(j)
    }
    return crc
  }

  private func alignedRun(_ j: Int, at start: UInt64) -> UInt32 {
    var crc = levels[j].crc
    for bit in j..<levels.count where start & (1 << UInt64(bit)) != 0 { crc ^= levels[j].bits[bit] }
    return crc
  }
}
