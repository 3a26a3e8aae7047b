/// From counts to glyphs: each step stands for twice, four times … as many streams as the one before it, so that the scale stays
/// put while the counts grow.
struct HeatScale: Equatable {
  let glyphs: [Unicode.Scalar]
  /// How many times as much a step is; a power of two.
  let factor: Int

  init(highest: Int, glyphs set: GlyphSet) {
    glyphs = Array(set.unicode ? "░▒▓█".unicodeScalars : ".:-=+*#%@".unicodeScalars)
    var factor = 2
    while Self.power(factor, glyphs.count) <= highest, factor < 1 << 20 { factor *= 2 }
    self.factor = factor
  }

  /// From 0, nothing, to the number of glyphs.
  func level(_ count: Int) -> Int {
    guard count > 0 else { return 0 }
    var level = 1
    while level < glyphs.count, count >= Self.power(factor, level) { level += 1 }
    return level
  }

  func cell(_ count: Int) -> (glyph: Unicode.Scalar, role: Role)? {
    let level = level(count)
    guard level > 0 else { return nil }
    return (glyphs[level - 1], Self.roles[level * (Self.roles.count - 1) / glyphs.count])
  }

  func role(level: Int) -> Role { Self.roles[min(max(0, level), glyphs.count) * (Self.roles.count - 1) / glyphs.count] }

  /// So many streams and more have the last glyph.
  var highest: Int { Self.power(factor, glyphs.count - 1) }

  private static let roles: [Role] = [.heat0, .heat1, .heat2, .heat3, .heat4]

  private static func power(_ base: Int, _ exponent: Int) -> Int {
    var power = 1
    for _ in 0..<exponent {
      let (product, overflow) = power.multipliedReportingOverflow(by: base)
      guard !overflow else { return .max }
      power = product
    }
    return power
  }
}
