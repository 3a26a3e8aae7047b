/// Random bits that belong to a place and not to a moment: the same seed, stream and place give the same bits, whichever
/// thread, machine or order they are asked in.
///
/// Each input goes through SplitMix64's finaliser (Steele, Lea and Flood, 2014), which changes about half of the output's
/// bits for any bit of its input. No secret may hang on it.
enum StreamRandom {
  static func bits(seed: UInt64, stream: Int, position: Int, draw: Int = 0) -> UInt64 {
    var state = mix(seed &+ golden)
    for part in [stream, position, draw] { state = mix((state ^ UInt64(bitPattern: Int64(part))) &+ golden) }
    return state
  }

  /// Uniform in 0 ..< `bound`; 0 for a bound of 0.
  static func below(_ bound: UInt64, seed: UInt64, stream: Int, position: Int) -> UInt64 {
    guard bound > 1 else { return 0 }
    // Lemire (2019): products whose low half is under this would come once too often.
    let unfair = (0 &- bound) % bound
    for draw in 0..<maximumDraws {
      let product = bits(seed: seed, stream: stream, position: position, draw: draw).multipliedFullWidth(by: bound)
      if product.low >= unfair { return product.high }
    }
    return 0
  }

  /// A draw is refused less than every second time, so this many in a row never are.
  private static let maximumDraws = 128
  private static let golden: UInt64 = 0x9E37_79B9_7F4A_7C15

  static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
