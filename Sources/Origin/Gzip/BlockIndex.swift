internal import NIOCore

/// The 16 bytes of text at the head of every block that make it unlike any other: `block @@@@@@BG:\n` is block 39.
///
/// Eight hexadecimal digits written as the letters @A…O (64 plus the digit) instead of 0…9a…f: that way each bit of the
/// index is exactly one bit of the text, which is what lets `BlockRunCRC` sum up a terabyte without reading it.
enum BlockIndex {
  static let length = 16
  /// Where the digits begin within the text.
  static let digitsOffset = 6
  static let digitCount = 8

  static func text(_ index: UInt32) -> [UInt8] {
    var bytes = Array("block @@@@@@@@:\n".utf8)
    for place in 0..<digitCount { bytes[digitsOffset + place] = digit(place, of: index) }
    return bytes
  }

  /// All eight digits at once, to be stored in big-endian order.
  static func digits(_ index: UInt32) -> UInt64 {
    var x = UInt64(index)
    x = (x | x << 16) & 0x0000_ffff_0000_ffff
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f
    return x | 0x4040_4040_4040_4040
  }

  static func digit(_ place: Int, of index: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: digits(index) >> UInt64(8 * (digitCount - 1 - place)))
  }

  /// Writes the digits of `index` into bytes just appended to `buffer`: `count` bytes that begin at `start` and came from
  /// `offset` on of a piece whose digits are at `digitsAt`, of which only the first `digits` exist. Digits outside of
  /// those bytes are left out.
  static func patch(
    _ index: UInt32, into buffer: inout ByteBuffer, start: Int, from offset: Int, count: Int, digitsAt: Int,
    digits existing: Int = digitCount
  ) {
    if existing == digitCount, offset <= digitsAt, offset + count >= digitsAt + digitCount {
      buffer.setInteger(digits(index), at: start + digitsAt - offset, endianness: .big)
      return
    }
    for place in 0..<existing where (offset..<offset + count).contains(digitsAt + place) {
      buffer.setInteger(digit(place, of: index), at: start + digitsAt + place - offset)
    }
  }
}
