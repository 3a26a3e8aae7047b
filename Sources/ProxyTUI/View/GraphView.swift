internal import ToolSupport

/// Wire bytes a second over the last minute or so, newest at the right. The scale is a power of two, so that it stays
/// put
/// while the load does.
enum GraphView {
  private static let axisWidth = 10

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard rows.count >= 2 else { return }
    let plot = rows.lowerBound + 1..<rows.upperBound
    let columns = frame.size.columns - axisWidth
    let perColumn = model.glyphs == .braille ? 2 : 1
    let scale = scale(model.history, points: columns * perColumn)
    drawTitle(model, row: rows.lowerBound, seconds: columns * perColumn, into: &frame)
    frame.putRight(
      HumanText.exactSize(scale) + "/s", row: plot.lowerBound, column: 0, width: axisWidth - 1, role: .label)
    frame.putRight("0", row: plot.upperBound - 1, column: 0, width: axisWidth - 1, role: .label)
    let levels = plot.count * (model.glyphs == .braille ? 4 : 2)
    for column in 0..<columns {
      let back = (columns - 1 - column) * perColumn
      let left = level(model.history.wireRate(back: back + perColumn - 1), scale: scale, levels: levels)
      let right = level(model.history.wireRate(back: back), scale: scale, levels: levels)
      guard left > 0 || right > 0 else { continue }
      drawColumn(left, right, plot: plot, column: axisWidth + column, glyphs: model.glyphs, into: &frame)
    }
  }

  private static func drawTitle(_ model: DashboardModel, row: Int, seconds points: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    let seconds = Int((Double(points) * History.secondsPerPoint).rounded(.down))
    frame.put(" wire bytes/s, last \(seconds) s ", row: row, column: axisWidth, role: .label)
  }

  private static func drawColumn(
    _ left: Int, _ right: Int, plot: Range<Int>, column: Int, glyphs: GlyphSet, into frame: inout Frame
  ) {
    let perRow = glyphs == .braille ? 4 : 2
    for row in plot {
      let below = (plot.upperBound - 1 - row) * perRow
      let first = min(max(left - below, 0), perRow)
      let second = min(max(right - below, 0), perRow)
      guard first > 0 || second > 0 else { continue }
      frame.put(glyph(first, second, glyphs), row: row, column: column, role: .graph)
    }
  }

  /// Braille's dots are numbered by column, top down, and the lowest row came later to the code.
  private static let leftDots: [UInt32] = [0x00, 0x40, 0x44, 0x46, 0x47]
  private static let rightDots: [UInt32] = [0x00, 0x80, 0xa0, 0xb0, 0xb8]

  private static func glyph(_ left: Int, _ right: Int, _ glyphs: GlyphSet) -> Unicode.Scalar {
    switch glyphs {
    case .braille: Unicode.Scalar(0x2800 + leftDots[left] + rightDots[right]) ?? "?"
    case .block: right >= 2 ? "█" : "▄"
    case .ascii: right >= 2 ? "#" : "."
    }
  }

  /// Anything above zero shows.
  private static func level(_ rate: Double, scale: Int64, levels: Int) -> Int {
    guard rate.isFinite, rate > 0 else { return 0 }
    return min(levels, max(1, Int((min(rate / Double(scale), 1) * Double(levels)).rounded())))
  }

  /// The power of two, at least 1 KiB, that holds every visible point.
  static func scale(_ history: History, points: Int) -> Int64 {
    var highest: Double = 0
    for back in 0..<max(0, points) { highest = max(highest, history.wireRate(back: back)) }
    var scale: Int64 = 1024
    while Double(scale) < highest, scale < 1 << 60 { scale <<= 1 }
    return scale
  }
}
