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

  /// What the view shows besides, at the right end, where it fits.
  private static func drawNote(_ model: DashboardModel, after start: Int, row: Int, into frame: inout Frame) {
    guard let note = note(model) else { return }
    let text = " \(note) "
    let column = frame.size.columns - text.unicodeScalars.count - 1
    guard column > start else { return }
    frame.put(text, row: row, column: column, role: .label)
  }

  private static func note(_ model: DashboardModel) -> String? {
    let list = model.list
    if model.tab.isTable, !list.filterText.isEmpty { return "/" + list.filterText }
    switch model.tab {
    case .streams where model.streams.failedOnly: return "failed only"
    case .streams where model.streams.showsSingles: return "single streams"
    default: return nil
    }
  }
}
