internal import ToolSupport

/// The line under graphs that says when. A label ends at its mark.
enum TimeAxis {
  struct Mark: Equatable {
    var column: Int
    var text: String
  }

  /// - Parameter marks: from left to right; one whose label would reach into another's is left out.
  static func draw(
    _ marks: [Mark], columns: Range<Int>, row: Int, glyphs: GlyphSet, into frame: inout Frame
  ) {
    frame.fill(row: row, from: columns.lowerBound, to: columns.upperBound, glyphs.rule, role: .faint)
    var free = columns.lowerBound
    for mark in marks where columns.contains(mark.column) {
      let start = mark.column - mark.text.unicodeScalars.count
      guard start > free else { continue }
      frame.put(" ", row: row, column: start - 1, role: .text)
      frame.put(mark.text, row: row, column: start, role: .label)
      frame.put(glyphs.unicode ? "┴" : "+", row: row, column: mark.column, role: .faint)
      free = mark.column + 2
    }
  }

  /// Seconds before the newest point, which stands in the last column.
  static func marks(beforeNow secondsPerColumn: Double, columns: Range<Int>) -> [Mark] {
    var marks = [Mark(column: columns.upperBound - 1, text: "now")]
    guard let step = step(secondsPerColumn) else { return marks }
    var seconds = step
    while Double(seconds) / secondsPerColumn < Double(columns.count) {
      let column = columns.upperBound - 1 - Int(Double(seconds) / secondsPerColumn)
      marks.append(Mark(column: column, text: "-" + text(seconds)))
      seconds += step
    }
    return marks.reversed()
  }

  /// Round times between a start and what the last column shows.
  static func marks(from start: Double, secondsPerColumn: Double, columns: Range<Int>) -> [Mark] {
    guard let step = step(secondsPerColumn), start.isFinite, start >= 0, start < 1e12 else { return [] }
    var marks: [Mark] = []
    var seconds = Int(start) / step * step + step
    while marks.count < columns.count {
      let column = columns.lowerBound + Int((Double(seconds) - start) / secondsPerColumn)
      guard column < columns.upperBound else { break }
      marks.append(Mark(column: column, text: text(seconds)))
      seconds += step
    }
    return marks
  }

  /// Labels stand at least twelve columns apart. Nil where no step is as long.
  static func step(_ secondsPerColumn: Double) -> Int? {
    steps.first { Double($0) >= secondsPerColumn * 12 }
  }

  /// `45 s`, `2:30`, `1:02:30`.
  static func text(_ seconds: Int) -> String {
    guard seconds >= 100 else { return "\(seconds) s" }
    let rest = HumanText.padded(seconds % 60, 2)
    guard seconds >= 3600 else { return "\(seconds / 60):\(rest)" }
    return "\(seconds / 3600):\(HumanText.padded(seconds / 60 % 60, 2)):\(rest)"
  }

  private static let steps = [
    1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604_800, 2_592_000,
    31_536_000, 315_360_000,
  ]
}
