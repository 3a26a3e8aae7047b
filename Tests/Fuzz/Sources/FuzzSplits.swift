/// Ways for the same bytes to arrive: at once, byte by byte, and in random pieces.
///
/// The generator is seeded by the bytes, so that a find can be reproduced from its input alone.
struct FuzzSplits {
  private var state: UInt64 = 0xCBF2_9CE4_8422_2325

  init(_ bytes: [UInt8]) {
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
  }

  /// Longer inputs are split at fewer places: what matters lies between neighbouring bytes anyway.
  static func ways(_ bytes: [UInt8]) -> [[[UInt8]]] {
    var splits = FuzzSplits(bytes)
    return [[bytes], bytes.map { [$0] }, splits.pieces(bytes, upTo: 4), splits.pieces(bytes, upTo: 64)]
  }

  mutating func pieces(_ bytes: [UInt8], upTo limit: Int) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + 1 + below(limit))
      pieces.append(Array(bytes[start..<end]))
      start = end
    }
    return pieces
  }

  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(max(1, bound)))
  }
}
