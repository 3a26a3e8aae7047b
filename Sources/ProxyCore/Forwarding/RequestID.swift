/// Makes request ids: UUIDs of version 7 (RFC 9562 §5.7), which sort by time. Not secrets, so a fast generator, seeded from
/// the system's once per event loop, is enough.
struct RequestIDGenerator: Sendable {
  private var state: UInt64

  init(seed: UInt64 = .random(in: .min ... .max)) { state = seed }

  /// - Parameter milliseconds: since 1970.
  mutating func next(milliseconds: UInt64) -> String {
    let high = milliseconds << 16 | 0x7000 | (random() & 0x0FFF)
    let low = random() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    return String(unsafeUninitializedCapacity: 36) { out in
      var position = 0
      for index in 0..<32 {
        if index == 8 || index == 12 || index == 16 || index == 20 {
          out[position] = UInt8(ascii: "-")
          position += 1
        }
        let word = index < 16 ? high : low
        let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index & 15))) & 15
        out[position] = nibble < 10 ? 48 + nibble : 87 + nibble
        position += 1
      }
      return position
    }
  }

  /// SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
