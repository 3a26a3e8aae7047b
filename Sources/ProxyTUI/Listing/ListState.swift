/// Where a person is in a table: the row, what is scrolled away, the filter, the order.
struct ListState: Equatable, Sendable {
  /// Position among the rows shown.
  var selection = 0
  /// First row on the screen.
  var top = 0
  var filter = Filter()
  /// The filter as it was typed.
  var filterText = ""
  /// Nil is the table's natural order.
  var sort: SortOrder?

  /// Moves by a key; nil when the key does not move.
  mutating func move(_ key: Key, rows: Int, height: Int) -> Bool {
    let page = max(1, height - 1)
    switch key {
    case .up, .character("k"): selection &-= 1
    case .down, .character("j"): selection &+= 1
    case .pageUp, .control("b"): selection &-= page
    case .pageDown, .control("f"): selection &+= page
    case .home, .character("g"): selection = 0
    case .end, .character("G"): selection = Int.max
    default: return false
    }
    keepVisible(rows: rows, height: height)
    return true
  }

  /// After anything that changed the number of rows or of those that fit.
  mutating func keepVisible(rows: Int, height: Int) {
    let height = max(1, height)
    selection = min(max(0, selection), max(0, rows - 1))
    let lowest = max(0, selection - height + 1)
    top = min(max(top, lowest), selection)
    // A table that became taller shows no emptiness below its last row.
    top = max(0, min(top, max(0, rows - height)))
  }

  /// The next of these fields, then the natural order again.
  mutating func sortByNext(of fields: [Field]) {
    guard let current = sort, let index = fields.firstIndex(of: current.field) else {
      sort = fields.first.map(SortOrder.init)
      return
    }
    sort = index + 1 < fields.count ? SortOrder(fields[index + 1]) : nil
  }

  /// As a click on a column's title does: by it, then the other way round, then naturally.
  mutating func sort(by field: Field) {
    guard let current = sort, current.field == field else { return sort = SortOrder(field) }
    if current.isDescending == field.isDescendingFirst {
      sort?.isDescending.toggle()
    } else {
      sort = nil
    }
  }
}
