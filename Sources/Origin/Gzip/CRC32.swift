internal import CDeflate

/// The CRC32 of gzip (RFC 1952 §8) as algebra: what a checksum of a concatenation is, without the bytes.
///
/// Values are zlib's (with the initial and final inversion), as polynomials over GF(2) in reflected order: bit 31 is x⁰.
/// `crc(A‖B) = crc(A)·x^(8·|B|) + crc(B)`, where + is XOR, so a body of any size can be summed up from its parts, and
/// flipping a bit changes the checksum by an amount that depends on the bit's place only.
enum CRC32 {
  static func of(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { of($0) } }

  static func of(_ bytes: UnsafeRawBufferPointer, after crc: UInt32 = 0) -> UInt32 {
    guard let base = bytes.baseAddress else { return crc }
    return cdeflate_crc32(crc, base.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// x^(8·count) mod P: multiplying a checksum by it appends `count` bytes' worth of room.
  static func shift(byCount count: Int64) -> UInt32 {
    var result: UInt32 = 1 << 31
    var square: UInt32 = 1 << 23
    var rest = UInt64(clamping: count)
    while rest > 0 {
      if rest & 1 == 1 { result = multiply(result, square) }
      square = multiply(square, square)
      rest >>= 1
    }
    return result
  }

  /// The checksum of A followed by B, given `shift(byCount: B.count)`.
  static func combine(_ a: UInt32, _ b: UInt32, shift: UInt32) -> UInt32 { multiply(shift, a) ^ b }

  /// a·b mod P.
  static func multiply(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var product: UInt32 = 0
    var b = b
    var mask: UInt32 = 1 << 31
    while mask != 0 {
      if a & mask != 0 { product ^= b }
      b = b & 1 == 1 ? (b >> 1) ^ polynomial : b >> 1
      mask >>= 1
    }
    return product
  }

  private static let polynomial: UInt32 = 0xedb8_8320
}
