/// A series as a filled graph, newest at the right: two points a column in braille, one in other glyphs.
struct PlotView {
  var rows: Range<Int>
  var columns: Range<Int>
  /// The value at the upper edge.
  var scale: Double
  var glyphs: GlyphSet
  var role = Role.graph
  /// Whether a value of zero is drawn too, so that it differs from no value.
  var hasBaseline = false

  static func pointsPerColumn(_ glyphs: GlyphSet) -> Int { glyphs == .braille ? 2 : 1 }

  var points: Int { columns.count * Self.pointsPerColumn(glyphs) }

  /// - Parameter value: of so many points before the newest; nil where there is none.
  func draw(into frame: inout Frame, value: (Int) -> Double?) {
    let perColumn = Self.pointsPerColumn(glyphs)
    for column in columns {
      let back = (columns.upperBound - 1 - column) * perColumn
      let right = value(back)
      let left = perColumn == 2 ? value(back + 1) : right
      draw(level(left), level(right), column: column, into: &frame)
      guard hasBaseline, level(left) == 0, level(right) == 0, left != nil || right != nil else { continue }
      frame.put(baseline, row: rows.upperBound - 1, column: column, role: .faint)
    }
  }

  private var rowLevels: Int { glyphs == .braille ? 4 : 2 }
  private var baseline: Unicode.Scalar { glyphs == .braille ? "⣀" : "_" }

  /// Anything above zero shows.
  private func level(_ value: Double?) -> Int {
    guard let value, value.isFinite, value > 0, scale > 0 else { return 0 }
    let levels = rows.count * rowLevels
    return min(levels, max(1, Int((min(value / scale, 1) * Double(levels)).rounded())))
  }

  private func draw(_ left: Int, _ right: Int, column: Int, into frame: inout Frame) {
    guard left > 0 || right > 0 else { return }
    for row in rows {
      let below = (rows.upperBound - 1 - row) * rowLevels
      let first = min(max(left - below, 0), rowLevels)
      let second = min(max(right - below, 0), rowLevels)
      guard first > 0 || second > 0 else { continue }
      frame.put(glyph(first, second), row: row, column: column, role: role)
    }
  }

  /// Braille's dots are numbered by column, top down, and the lowest row came later to the code.
  private static let leftDots: [UInt32] = [0x00, 0x40, 0x44, 0x46, 0x47]
  private static let rightDots: [UInt32] = [0x00, 0x80, 0xa0, 0xb0, 0xb8]

  private func glyph(_ left: Int, _ right: Int) -> Unicode.Scalar {
    switch glyphs {
    case .braille: Unicode.Scalar(0x2800 + Self.leftDots[left] + Self.rightDots[right]) ?? "?"
    case .block: right >= 2 ? "█" : "▄"
    case .ascii: right >= 2 ? "#" : "."
    }
  }
}
