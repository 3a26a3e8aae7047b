/// Text measured in cells, as `Frame` draws it. Never reads more of a text than could be shown: a server may send any length.
enum CellText {
  /// Cells that a text takes, at most `limit`.
  static func width(_ text: String, limit: Int) -> Int {
    var cells = 0
    for scalar in text.unicodeScalars.prefix(examined(limit)) {
      cells += ScalarWidth.of(scalar) ?? 1
      if cells >= limit { return limit }
    }
    return cells
  }

  /// Lines of at most `width` cells, broken at blanks; a word that is longer than a line is broken anywhere. What is left
  /// after `limit` lines makes the last one too long, so that `Frame` marks it as cut.
  static func wrap(_ text: String, width: Int, limit: Int) -> [String] {
    guard width > 0, limit > 0 else { return [] }
    var lines: [String] = []
    var line = Line()
    for scalar in text.unicodeScalars.prefix(examined(width * limit)) {
      let cells = ScalarWidth.of(scalar) ?? 1
      if cells == 0 || scalar == " " && line.scalars.isEmpty { continue }
      if line.cells + cells > width, lines.count < limit - 1 {
        lines.append(line.broken(before: scalar))
      } else if line.cells > width {
        break
      }
      if scalar != " " || !line.scalars.isEmpty { line.add(scalar, cells) }
    }
    if !line.scalars.isEmpty { lines.append(line.text) }
    return lines
  }

  /// Scalars without a cell are dropped, and must not be read without end either.
  private static func examined(_ cells: Int) -> Int { 4 * max(0, min(cells, 1_000_000)) + 16 }

  private struct Line {
    var scalars: [Unicode.Scalar] = []
    var cells = 0
    /// Of the last blank.
    private var blank: (index: Int, cells: Int)?

    var text: String { Self.text(scalars[...]) }

    mutating func add(_ scalar: Unicode.Scalar, _ width: Int) {
      if scalar == " " { blank = (scalars.count, cells) }
      scalars.append(scalar)
      cells += width
    }

    /// What fits, up to the last blank; the rest stays for the next line.
    mutating func broken(before next: Unicode.Scalar) -> String {
      guard next != " ", let blank else {
        let all = text
        self = Line()
        return all
      }
      let first = Self.text(scalars[..<blank.index])
      scalars.removeFirst(blank.index + 1)
      cells -= blank.cells + 1
      self.blank = nil
      return first
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      return String(view)
    }
  }
}
