@testable import ProxyTUI

extension Frame {
  /// The screen as text: a wide scalar stands for both its cells, blanks at the end of a row are left out.
  var text: String {
    (0..<size.rows).map { row in
      var line = String.UnicodeScalarView()
      for cell in self.row(row) { if let scalar = cell.scalar { line.append(scalar) } }
      var text = String(line)
      while text.hasSuffix(" ") { text.removeLast() }
      return text + "\n"
    }.joined()
  }

  /// A letter for each cell's role; `.` is plain text.
  var roles: String {
    (0..<size.rows).map { row in
      var line = self.row(row).map { String(Self.letters[Int($0.role.rawValue)]) }.joined()
      while line.hasSuffix(".") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  private static let letters = Array(".HLvfgwBGbrSKaoPi01234")

  /// Whether every cell is what a terminal can be given: no control characters, no half of a wide scalar alone.
  var isDrawable: Bool {
    for row in 0..<size.rows {
      let cells = Array(self.row(row))
      for (column, cell) in cells.enumerated() {
        guard let scalar = cell.scalar else {
          guard column > 0, let left = cells[column - 1].scalar, ScalarWidth.of(left) == 2 else { return false }
          continue
        }
        if scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) { return false }
        guard let width = ScalarWidth.of(scalar), width > 0 else { return false }
        if width == 2 { guard column + 1 < cells.count, cells[column + 1].isRightHalf else { return false } }
        if !unicode && !scalar.isASCII { return false }
      }
    }
    return true
  }
}
