/// A figure with its name and, where it is a part of something, its share as a bar and in percent.
struct FigureLine {
  var name: String
  /// At most eleven characters.
  var value: String
  var share: Double?
  var percent = ""
  var role: Role = .value
  var barRole: Role = .bar

  static let nameWidth = 12
  static let valueWidth = 11
  static let percentWidth = 6

  func draw(row: Int, column: Int, width: Int, glyphs: GlyphSet, into frame: inout Frame) {
    frame.put(name, row: row, column: column, width: Self.nameWidth - 1, role: .label)
    let end = column + Self.nameWidth + Self.valueWidth
    frame.putRight(value, row: row, column: column + Self.nameWidth, width: Self.valueWidth, role: role)
    frame.putRight(percent, row: row, column: end + 1, width: Self.percentWidth, role: role)
    let start = end + Self.percentWidth + 3
    guard let share, start < column + width else { return }
    let known = share.isFinite ? min(max(share, 0), 1) : 0
    Bar.draw(known, start: start, width: column + width - start, glyphs: glyphs, role: barRole, row: row, into: &frame)
  }
}
