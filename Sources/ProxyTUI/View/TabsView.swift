/// The row that says which view this is and how to get to the others; it is the rule above the view too.
enum TabsView {
  /// A tab's cells, its number's first.
  struct Place: Equatable {
    var tab: Tab
    var cells: Range<Int>
    var text: String
  }

  static func places(columns: Int) -> [Place] {
    let isRoomy = columns >= 100
    var start = 1
    return Tab.allCases.map { tab in
      let text = "\(tab.rawValue) \(isRoomy ? tab.title : tab.shortTitle)"
      let place = Place(tab: tab, cells: start..<start + text.utf8.count, text: text)
      start = place.cells.upperBound + 2
      return place
    }
  }

  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    let places = places(columns: frame.size.columns)
    for place in places {
      let isOpen = place.tab == model.tab
      frame.put(" ", row: row, column: place.cells.lowerBound - 1, role: .text)
      frame.put(place.text, row: row, column: place.cells.lowerBound, role: isOpen ? .selected : .label)
      frame.put(" ", row: row, column: place.cells.upperBound, role: .text)
      // A mark, so that a screen without attributes shows it too.
      if isOpen { frame.put(model.glyphs.selection, row: row, column: place.cells.lowerBound - 1, role: .key) }
      if place.tab == .failures, !model.failures.kinds.isEmpty, !isOpen {
        frame.restyle(row: row, from: place.cells.lowerBound, to: place.cells.upperBound, role: .bad)
      }
    }
    drawNote(model, after: (places.last?.cells.upperBound ?? 0) + 2, row: row, into: &frame)
  }

  /// What the view shows besides, at the right end: as many notes as fit, of the first what fits.
  private static func drawNote(_ model: DashboardModel, after start: Int, row: Int, into frame: inout Frame) {
    let notes = notes(model)
    let room = frame.size.columns - start - 4
    guard let first = notes.first, room >= 2 else { return }
    let all = notes.joined(separator: model.glyphs.separator)
    let text = CellText.width(all, limit: room + 1) <= room ? all : first
    let width = CellText.width(text, limit: room)
    var column = frame.put(" ", row: row, column: frame.size.columns - width - 3, role: .label)
    column = frame.put(text, row: row, column: column, width: width, role: .label)
    frame.put(" ", row: row, column: column, role: .label)
  }

  /// A filter first: what it hides seems not to be there.
  private static func notes(_ model: DashboardModel) -> [String] {
    var notes: [String] = []
    if model.tab.isTable, !model.list.filterText.isEmpty { notes.append("/" + model.list.filterText) }
    guard model.tab == .streams else { return notes }
    if model.streams.failedOnly { notes.append("failed only") }
    if model.streams.showsSingles { notes.append("single streams") }
    return notes
  }
}
