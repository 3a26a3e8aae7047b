/// The titles of a table, with a mark at the one it is sorted by; at the right end which rows of how many are shown.
enum TableHeader {
  struct Title {
    var text: String
    var start: Int
    var width: Int
    var rightAligned: Bool
    var field: Field?
  }

  static func draw(
    _ titles: [Title], _ list: ListState, rows: Int, height: Int, row: Int, glyphs: GlyphSet, into frame: inout Frame
  ) {
    frame.fill(row: row, from: 0, to: frame.size.columns, " ", role: .heading)
    for title in titles {
      let isSorted = list.sort != nil && title.field == list.sort?.field
      let role: Role = isSorted ? .key : .heading
      if title.rightAligned {
        frame.putRight(title.text, row: row, column: title.start, width: title.width, role: role)
      } else {
        frame.put(title.text, row: row, column: title.start, width: title.width, role: role)
      }
      guard isSorted, let sort = list.sort else { continue }
      // In the blank beside the title, or over its first letter.
      let mark = glyphs.sortMark(descending: sort.isDescending)
      let end = title.start + title.text.unicodeScalars.count
      let before = title.start + title.width - title.text.unicodeScalars.count - 1
      frame.put(
        mark, row: row, column: title.rightAligned ? max(0, before) : min(end, title.start + title.width), role: .key)
    }
    guard rows > height else { return }
    let shown = " \(list.top + 1)-\(min(list.top + height, rows))/\(rows)"
    let start = frame.size.columns - shown.utf8.count
    guard start > (titles.last?.start ?? 0) else { return }
    frame.put(shown, row: row, column: start, role: .label)
  }
}
