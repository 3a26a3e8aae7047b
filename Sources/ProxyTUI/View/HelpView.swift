/// The keys, the letters and the words of the screen, in a box over everything else. Keys first: a low screen has no room
/// for more.
enum HelpView {
  private static let lines: [(key: String, meaning: String)] = [
    ("q, Ctrl-C", "quit: streams have 2 s; again: cut now"),
    ("p", "pause the load, go on"),
    ("+  -", "more or fewer lanes"),
    ("up down j k", "select a lane; PgUp PgDn g G"),
    ("f", "failed lanes only, or all"),
    ("Ctrl-L  Ctrl-Z", "redraw; suspend"),
    ("S", "W waiting  H headers  S streaming"),
    ("", "V valid  X failed  E ended  - idle"),
    ("", "X is also waiting before its next try"),
    ("ST  TTFB", "HTTP status; time to first body byte"),
    ("MEM", "held for the stream; * whole instance"),
    ("STRMS", "streams of the lane that have ended"),
    ("502  INV", "of them: status 502; invalid gzip"),
    ("active 8/9", "streams running, of lanes wanted"),
    ("cut at end", "cut by the run's end: no failures"),
    ("tester busy", "near 100 % gztop is the limit itself"),
    ("lab (proxy)", "against a gzproxy of its own"),
    ("lab (naive)", "one with the classic 502 mistake added"),
    ("lab (lambda)", "gzproxy as a Lambda function's runtime"),
    ("Esc", "dismiss a warning; close this"),
  ]
  private static let width = 58
  private static let keyWidth = 16

  static func draw(_ model: DashboardModel, into frame: inout Frame) {
    let height = min(lines.count + 2, frame.size.rows)
    let top = max(0, (frame.size.rows - height) / 2)
    let left = max(0, (frame.size.columns - width) / 2)
    drawBox(model.glyphs, top: top, left: left, height: height, into: &frame)
    for (index, line) in lines.prefix(height - 2).enumerated() {
      let row = top + 1 + index
      frame.put(line.key, row: row, column: left + 2, width: keyWidth - 1, role: .key)
      frame.put(line.meaning, row: row, column: left + 2 + keyWidth, width: width - keyWidth - 4, role: .text)
    }
  }

  private static func drawBox(_ glyphs: GlyphSet, top: Int, left: Int, height: Int, into frame: inout Frame) {
    let corners: [Unicode.Scalar] = glyphs.unicode ? ["┌", "┐", "└", "┘", "│"] : ["+", "+", "+", "+", "|"]
    let right = left + width - 1
    let bottom = top + height - 1
    for row in top...bottom {
      let edge = row == top || row == bottom
      frame.fill(row: row, from: left, to: right, edge ? glyphs.rule : " ", role: .faint)
      frame.put(row == top ? corners[0] : edge ? corners[2] : corners[4], row: row, column: left, role: .faint)
      frame.put(row == top ? corners[1] : edge ? corners[3] : corners[4], row: row, column: right, role: .faint)
    }
    frame.put(" gztop: keys ", row: top, column: left + 2, role: .heading)
  }
}
