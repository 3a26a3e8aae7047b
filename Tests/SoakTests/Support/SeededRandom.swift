/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A sequence of its own for each pair.
  init(seed: UInt64, index: Int) {
    var mixer = SeededRandom(seed: seed &+ UInt64(truncatingIfNeeded: index) &* 0xD1B5_4A32_D192_ED03)
    state = mixer.next()
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }
  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  /// One of the values, as often as its weight says.
  mutating func pick<Value>(_ weighted: [(Int, Value)]) -> Value {
    var roll = number(1...weighted.reduce(0) { $0 + $1.0 })
    for (weight, value) in weighted {
      roll -= weight
      if roll <= 0 { return value }
    }
    return weighted[weighted.count - 1].1
  }
}

/// Random bytes that all bodies are cut from: no two stretches of it are alike, so bytes that are lost, doubled or moved
/// never compare equal.
enum RandomBytes {
  static let table: [UInt8] = {
    var random = SeededRandom(seed: 0x6766_7A70)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 << 20)
    while bytes.count < 4 << 20 { withUnsafeBytes(of: random.next()) { bytes.append(contentsOf: $0) } }
    return bytes
  }()
}
