/// A grid of cells: what a screen should look like, and nothing about how it gets there.
///
/// Guarantees: no cell ever holds a control character or half of a wide scalar alone; drawing outside of the grid is
/// cut off, never an error. Costs: four bytes a cell in one array, reused from frame to frame.
struct Frame: Equatable, Sendable {
  private(set) var size: ScreenSize
  /// Without it every scalar beyond ASCII is drawn as `?`.
  let unicode: Bool
  private(set) var cells: [Cell]

  init(size: ScreenSize, unicode: Bool = true) {
    self.size = size
    self.unicode = unicode
    cells = Array(repeating: .blank, count: size.rows * size.columns)
  }

  /// Blanks all of it, keeping the memory when the size is the same.
  mutating func reset(size: ScreenSize) {
    if size == self.size {
      for index in cells.indices { cells[index] = .blank }
    } else {
      self = Frame(size: size, unicode: unicode)
    }
  }

  func row(_ row: Int) -> ArraySlice<Cell> {
    guard row >= 0, row < size.rows else { return [] }
    return cells[row * size.columns..<(row + 1) * size.columns]
  }

  /// One scalar, which must be one cell wide (all glyphs of the views are).
  mutating func put(_ scalar: Unicode.Scalar, row: Int, column: Int, role: Role) {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns else { return }
    let drawn = (unicode || scalar.isASCII) && ScalarWidth.of(scalar) == 1 ? scalar : "?"
    set(Cell(drawn, role), at: row * size.columns + column)
  }

  /// Text in at most `width` cells; what does not fit ends in an ellipsis.
  ///
  /// Returns the column after the text.
  @discardableResult
  mutating func put(_ text: String, row: Int, column: Int, width: Int = .max, role: Role) -> Int {
    guard row >= 0, row < size.rows, column >= 0, column < size.columns, width > 0 else { return max(0, column) }
    let end = column + min(width, size.columns - column)
    var at = column
    // Dropped scalars take no cell, so a text of nothing else must not be read to its end either.
    var examined = 0
    for scalar in text.unicodeScalars {
      examined += 1
      if examined > 4 * size.columns + 16 { break }
      let (drawn, cellCount) = drawable(scalar)
      if cellCount == 0 { continue }
      if at + cellCount > end {
        markCut(row: row, end: end, from: column, role: role)
        return end
      }
      let index = row * size.columns + at
      set(Cell(drawn, role), at: index)
      if cellCount == 2 { set(.rightHalf(role), at: index + 1) }
      at += cellCount
    }
    return at
  }

  /// Text that ends at the last of `width` cells from `column`, for numbers.
  mutating func putRight(_ text: String, row: Int, column: Int, width: Int, role: Role) {
    // Numbers are ASCII, where scalars are cells.
    put(text, row: row, column: column + max(0, width - text.unicodeScalars.count), width: width, role: role)
  }

  mutating func fill(row: Int, from: Int, to: Int, _ scalar: Unicode.Scalar, role: Role) {
    guard from < to else { return }
    for column in max(0, from)..<max(max(0, from), min(to, size.columns)) {
      put(scalar, row: row, column: column, role: role)
    }
  }

  /// Changes the role of what is drawn already.
  mutating func restyle(row: Int, from: Int, to: Int, role: Role) {
    guard row >= 0, row < size.rows, from < to else { return }
    for column in max(0, from)..<max(max(0, from), min(to, size.columns)) {
      let index = row * size.columns + column
      cells[index] = cells[index].scalar.map { Cell($0, role) } ?? .rightHalf(role)
    }
  }

  private func drawable(_ scalar: Unicode.Scalar) -> (Unicode.Scalar, Int) {
    switch ScalarWidth.of(scalar) {
    case nil: return (unicode ? "·" : ".", 1)
    case 0: return (scalar, 0)
    case let width?: return unicode || scalar.isASCII ? (scalar, width) : ("?", 1)
    }
  }

  private mutating func markCut(row: Int, end: Int, from column: Int, role: Role) {
    guard end > column else { return }
    put(unicode ? "…" : "~", row: row, column: end - 1, role: role)
  }

  /// Writes a cell and blanks the other half of a wide scalar that it cuts in two.
  private mutating func set(_ cell: Cell, at index: Int) {
    if cells[index].isRightHalf, !cell.isRightHalf, index > 0 { cells[index - 1] = .blank }
    if index + 1 < cells.count, cells[index + 1].isRightHalf { cells[index + 1] = .blank }
    cells[index] = cell
  }
}

/// Rows and columns, each between 1 and 1,000: what a terminal says is not to be trusted with an allocation.
public struct ScreenSize: Equatable, Sendable {
  public let rows: Int
  public let columns: Int

  public init(rows: Int, columns: Int) {
    self.rows = min(max(rows, 1), 1000)
    self.columns = min(max(columns, 1), 1000)
  }
}
