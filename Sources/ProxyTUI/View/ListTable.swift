/// A table of texts: titles, the rows that fit, the selected one marked.
struct ListTable<Row> {
  struct Column {
    var title: String
    var field: Field?
    /// 0 takes what the others leave.
    var width: Int
    var rightAligned = false
    var text: (Row) -> (String, Role)
  }

  var columns: [Column]

  /// Where the columns stand in a table so many cells wide.
  func placed(_ cells: Int) -> [TableHeader.Title] {
    var start = 1
    let taken = columns.reduce(start) { $0 + $1.width + 1 } - 1
    return columns.map { column in
      let width = column.width > 0 ? column.width : max(0, cells - taken)
      defer { start += width + 1 }
      return TableHeader.Title(
        text: column.title, start: start, width: width, rightAligned: column.rightAligned, field: column.field)
    }
  }

  /// - Parameters:
  ///   - rows: all that there are, in their order.
  ///   - area: the rows of the screen below the titles.
  func draw(_ rows: [Row], _ list: ListState, area: Range<Int>, glyphs: GlyphSet, into frame: inout Frame) {
    let places = placed(frame.size.columns)
    TableHeader.draw(
      places, list, rows: rows.count, height: area.count, row: area.lowerBound - 1, glyphs: glyphs, into: &frame)
    for (line, row) in zip(area, rows.dropFirst(list.top)) {
      for (column, place) in zip(columns, places) {
        let (text, role) = column.text(row)
        if column.rightAligned {
          frame.putRight(text, row: line, column: place.start, width: place.width, role: role)
        } else {
          frame.put(text, row: line, column: place.start, width: place.width, role: role)
        }
      }
      guard line - area.lowerBound + list.top == list.selection else { continue }
      frame.put(glyphs.selection, row: line, column: 0, role: .selected)
      if let first = places.first { frame.restyle(row: line, from: 1, to: first.start + first.width, role: .selected) }
    }
  }
}
