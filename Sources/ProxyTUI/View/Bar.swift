/// A share as a bar of cells, its last one as fine as the glyphs allow.
enum Bar {
  static func draw(
    _ share: Double, start: Int, width: Int, glyphs: GlyphSet, role: Role, row: Int, into frame: inout Frame
  ) {
    let eighths = Int(share * Double(width * 8))
    let full = eighths / 8
    frame.fill(row: row, from: start, to: start + full, glyphs.barFull, role: role)
    var rest = start + full
    if eighths % 8 > 0, let part = glyphs.barPart(eighths: eighths % 8) {
      frame.put(part, row: row, column: rest, role: role)
      rest += 1
    }
    frame.fill(row: row, from: rest, to: start + width, glyphs.barRest, role: .barRest)
  }
}
