#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Seeded draws, the same on every machine: SplitMix64 (Steele, Lea, Flood 2014), and what is made of its uniform numbers.
struct RandomSource {
  private var state: UInt64
  /// The second of the two normal numbers that one step makes.
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// Another sequence for every name, so that a figure's draws do not depend on which figures come before it (FNV-1a).
  init(seed: UInt64, name: String) {
    state = name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ seed) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }

  /// Above 0 and below 1, so that its logarithm is a number.
  mutating func uniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

  /// Mean 0, deviation 1 (Box and Muller 1958).
  mutating func normal() -> Double {
    if let second = spare {
      spare = nil
      return second
    }
    let radius = (-2 * log(uniform())).squareRoot()
    let angle = 2 * Double.pi * uniform()
    spare = radius * sin(angle)
    return radius * cos(angle)
  }

  /// Scale 1 (Marsaglia and Tsang 2000). `shape` is above 0.
  mutating func gamma(_ shape: Double) -> Double {
    guard shape >= 1 else { return gamma(shape + 1) * pow(uniform(), 1 / shape) }
    let d = shape - 1 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let cube = 1 + c * x
      guard cube > 0 else { continue }
      let v = cube * cube * cube
      if log(uniform()) < 0.5 * x * x + d - d * v + d * log(v) { return d * v }
    }
  }

  /// From 0 to 1. Both shapes are above 0.
  mutating func beta(_ first: Double, _ second: Double) -> Double {
    let left = gamma(first)
    let sum = left + gamma(second)
    return sum > 0 ? left / sum : 0.5
  }

  /// - Parameters:
  ///   - mean: at most about 100, above which its logarithm's steps are many.
  ///   - none: e to the power of -mean, which the caller computes once.
  mutating func poisson(_ mean: Double, none: Double) -> Double {
    let wanted = uniform()
    var chance = none
    var sum = chance
    var count = 0.0
    while wanted > sum && count < 1000 {
      count += 1
      chance *= mean / count
      sum += chance
    }
    return count
  }
}
