/// A list to choose from: what, and what one will see.
enum MenuView {
  static let width = 78

  /// Items that fit on a screen.
  static func height(_ menu: Menu, on size: ScreenSize) -> Int { max(1, min(menu.items.count, size.rows - 8)) }

  /// Where the items are, for the mouse.
  static func area(_ menu: Menu, on size: ScreenSize) -> Range<Int> {
    let height = height(menu, on: size)
    let top = BoxView.place(width: min(width, size.columns), height: height + 4, on: size).top
    return top + 1..<top + 1 + height
  }

  static func draw(_ menu: Menu, _ glyphs: GlyphSet, into frame: inout Frame) {
    let count = height(menu, on: frame.size)
    let more = count < menu.items.count ? ", \(menu.top + 1)-\(menu.top + count) of \(menu.items.count)" : ""
    let box = BoxView.draw(title: menu.title + more, width: width, height: count + 4, glyphs: glyphs, into: &frame)
    let nameWidth = min(22, menu.items.map(\.title.unicodeScalars.count).max() ?? 0)
    for (row, (index, item)) in zip(box.rows, menu.items.enumerated().dropFirst(menu.top)).prefix(count) {
      let isSelected = index == menu.selection
      frame.put(isSelected ? glyphs.selection : " ", row: row, column: box.column - 1, role: .key)
      frame.put(item.title, row: row, column: box.column + 1, width: nameWidth, role: isSelected ? .selected : .value)
      frame.put(
        item.detail, row: row, column: box.column + nameWidth + 3, width: box.width - nameWidth - 3,
        role: isSelected ? .text : .label)
    }
    guard menu.items.indices.contains(menu.selection), box.rows.count >= count + 2 else { return }
    // Whole, in two lines: where the list has cut it.
    let lines = TextWrap.lines(menu.items[menu.selection].detail, width: box.width)
    for (row, line) in zip(box.rows.suffix(2), lines) { frame.put(line, row: row, column: box.column, role: .text) }
  }
}
