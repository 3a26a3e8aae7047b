internal import LoadGen

// The mouse: what is under it, as the views have drawn it.
extension DashboardModel {
  /// Rows that a turn of the wheel scrolls.
  private static let wheelRows = 3

  mutating func point(_ event: MouseEvent) -> [Effect] {
    guard let layout else { return [] }
    switch event.action {
    case .wheelUp: return turn(.up)
    case .wheelDown: return turn(.down)
    case .press, .doublePress: break
    }
    if event.row == layout.footer { return pressFooter(event.column) }
    if let overlay { return point(event, over: overlay) }
    switch event.row {
    case layout.tabs:
      if let place = TabsView.places(columns: size.columns).first(where: { $0.cells.contains(event.column) }) {
        open(place.tab)
      }
    default: pointInView(event, layout)
    }
    return []
  }

  /// Of what scrolls: a question is answered with a key.
  private mutating func turn(_ key: Key) -> [Effect] {
    switch overlay {
    case .question, .prompt: return []
    case nil, .help, .menu: break
    }
    var effects: [Effect] = []
    for _ in 0..<Self.wheelRows { effects += press(key) }
    return effects
  }

  private mutating func point(_ event: MouseEvent, over overlay: Overlay) -> [Effect] {
    switch overlay {
    case .menu(var menu):
      let area = MenuView.area(menu, on: size)
      let left = BoxView.place(width: min(MenuView.width, size.columns), height: 1, on: size).left
      guard area.contains(event.row), (left..<left + MenuView.width).contains(event.column) else {
        self.overlay = nil
        return []
      }
      menu.selection = min(menu.top + event.row - area.lowerBound, menu.items.count - 1)
      return choose(menu)
    case .help, .question: self.overlay = nil
    case .prompt: break
    }
    return []
  }

  /// A key's name in the footer is that key.
  private mutating func pressFooter(_ column: Int) -> [Effect] {
    guard let place = FooterView.places(self, columns: size.columns).first(where: { $0.cells.contains(column) }) else {
      return []
    }
    switch place.entry.key {
    case "Esc": return press(.escape)
    case "Enter": return press(.enter)
    case let key where key.unicodeScalars.count == 1: return press(.character(key.unicodeScalars.first ?? " "))
    // Two keys stand together: the half that was hit.
    case let key where key.unicodeScalars.count == 3 && key.contains(" "):
      let scalars = Array(key.unicodeScalars)
      return press(.character(column - place.cells.lowerBound < 2 ? scalars[0] : scalars[2]))
    default: return []
    }
  }

  private mutating func pointInView(_ event: MouseEvent, _ layout: Layout) {
    guard focus == nil, let area = layout.table(of: tab, rows: listCount) else { return }
    if event.row == area.lowerBound - 1 {
      guard let field = field(at: event.column) else { return }
      return sort { $0.sort(by: field) }
    }
    let position = list.top + event.row - area.lowerBound
    guard area.contains(event.row), position < listCount else { return }
    let isAgain = position == list.selection
    list.selection = position
    noteSelection()
    if event.action == .doublePress || (isAgain && tab != .environments) { openSelected() }
  }

  private func field(at column: Int) -> Field? {
    switch tab {
    case .streams:
      laneColumns(size.columns).first {
        ($0.start...$0.start + $0.width).contains(column)
      }?.field
    case .failures: Self.field(FailuresView.table(size.columns).placed(size.columns), at: column)
    case .environments: Self.field(InstancesView.table(size.columns, glyphs).placed(size.columns), at: column)
    case .log: Self.field(LogView.table.placed(size.columns), at: column)
    case .overview, .latency: nil
    }
  }

  private static func field(_ titles: [TableHeader.Title], at column: Int) -> Field? {
    titles.first { ($0.start...$0.start + max(0, $0.width)).contains(column) }?.field
  }
}
