/// Text whose compressibility can be dialled: 64-byte lines of one line that repeats, of prose, of random letters and
/// digits, or of random bytes, each kind richer than the one before.
///
/// Deterministic in the seed. Which lines are of the richer kind is a fixed shuffle, so that one more rich line changes one
/// line and the compressed size grows (nearly) monotonically with their number, evenly along the text.
struct TemplateText {
  enum Kind: CaseIterable { case echo, prose, code, noise }

  static let lineLength = 64
  let lineCount: Int
  let length: Int
  private let echo: [UInt8]
  private let prose: [UInt8]
  private let code: [UInt8]
  private let noise: [UInt8]
  /// Each line's turn to become rich.
  private let turns: [Int]

  init(length: Int, seed: UInt64) {
    self.length = length
    lineCount = (length + Self.lineLength - 1) / Self.lineLength
    var random = SplitMix(state: seed)
    let words = Self.vocabulary(&random)
    echo = Self.proseLine(words, &random)
    var prose: [UInt8] = []
    var code: [UInt8] = []
    var noise: [UInt8] = []
    for _ in 0..<lineCount {
      prose += Self.proseLine(words, &random)
      code += Self.codeLine(&random)
      for _ in 0..<Self.lineLength { noise.append(UInt8(truncatingIfNeeded: random.next() >> 56)) }
    }
    self.prose = prose
    self.code = code
    self.noise = noise
    turns = Array(0..<lineCount).shuffled(using: &random)
  }

  /// The text with `count` lines of kind `rich` among lines of kind `poor`.
  func compose(rich: Kind, count: Int, poor: Kind) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(lineCount * Self.lineLength)
    for line in 0..<lineCount { text += bytes(of: turns[line] < count ? rich : poor, line: line) }
    text.removeLast(text.count - length)
    return text
  }

  private func bytes(of kind: Kind, line: Int) -> ArraySlice<UInt8> {
    let range = line * Self.lineLength..<(line + 1) * Self.lineLength
    switch kind {
    case .echo: return echo[...]
    case .prose: return prose[range]
    case .code: return code[range]
    case .noise: return noise[range]
    }
  }

  private static func vocabulary(_ random: inout SplitMix) -> [[UInt8]] {
    let letters = Array("eeeettaaooiinnsshhrrddllucmfwygpbvk".utf8)
    return (0..<512).map { _ in
      (0..<(2 + Int(random.next() % 8))).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
    }
  }

  private static func codeLine(_ random: inout SplitMix) -> [UInt8] {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-".utf8)
    return (1..<lineLength).map { _ in letters[Int(random.next() >> 58)] } + [UInt8(ascii: "\n")]
  }

  private static func proseLine(_ words: [[UInt8]], _ random: inout SplitMix) -> [UInt8] {
    var line: [UInt8] = []
    while line.count < lineLength {
      // The product of two draws makes some words common and most rare, as in a language.
      let draw = (random.next() >> 40) * (random.next() >> 40) >> 39
      line += words[Int(draw % UInt64(words.count))]
      line.append(UInt8(ascii: " "))
    }
    line.removeLast(line.count - lineLength + 1)
    line.append(UInt8(ascii: "\n"))
    return line
  }
}

/// SplitMix64: a full-period generator whose output depends on nothing but its state, on every platform.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
