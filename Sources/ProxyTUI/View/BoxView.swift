/// A box over everything else, in the middle of the screen.
enum BoxView {
  /// Empties the box, draws its edge, and says where its inside is.
  static func draw(
    title: String, width: Int, height: Int, glyphs: GlyphSet, into frame: inout Frame
  ) -> (rows: Range<Int>, column: Int, width: Int) {
    let width = min(width, frame.size.columns)
    let height = min(height, frame.size.rows)
    let place = place(width: width, height: height, on: frame.size)
    let corners: [Unicode.Scalar] = glyphs.unicode ? ["┌", "┐", "└", "┘", "│"] : ["+", "+", "+", "+", "|"]
    let right = place.left + width - 1
    let bottom = place.top + height - 1
    for row in place.top...max(place.top, bottom) {
      let edge = row == place.top || row == bottom
      frame.fill(row: row, from: place.left, to: right, edge ? glyphs.rule : " ", role: .overlay)
      frame.put(
        row == place.top ? corners[0] : edge ? corners[2] : corners[4], row: row, column: place.left, role: .overlay)
      frame.put(row == place.top ? corners[1] : edge ? corners[3] : corners[4], row: row, column: right, role: .overlay)
    }
    frame.put(" \(title) ", row: place.top, column: place.left + 2, width: max(0, width - 4), role: .heading)
    return (place.top + 1..<max(place.top + 1, bottom), place.left + 2, max(0, width - 4))
  }

  /// The corner of a box in the middle of the screen.
  static func place(width: Int, height: Int, on size: ScreenSize) -> (top: Int, left: Int) {
    (max(0, (size.rows - height) / 2), max(0, (size.columns - width) / 2))
  }
}
