/// A stretch of one row that must be drawn again.
struct CellRun: Equatable, Sendable {
  var row: Int
  var column: Int
  var count: Int
}

extension Frame {
  /// The stretches in which this frame differs from what is on the screen; everything, when there is nothing to compare
  /// with or the size is another. A stretch never begins or ends in the middle of one of this frame's wide scalars.
  func diff(from shown: Frame?, into runs: inout [CellRun]) {
    runs.removeAll(keepingCapacity: true)
    guard let shown, shown.size == size else {
      for row in 0..<size.rows { runs.append(CellRun(row: row, column: 0, count: size.columns)) }
      return
    }
    cells.withUnsafeBufferPointer { new in
      shown.cells.withUnsafeBufferPointer { old in
        for row in 0..<size.rows { Self.diffRow(row, columns: size.columns, new: new, old: old, into: &runs) }
      }
    }
  }

  private static func diffRow(
    _ row: Int, columns: Int, new: UnsafeBufferPointer<Cell>, old: UnsafeBufferPointer<Cell>, into runs: inout [CellRun]
  ) {
    let base = row * columns
    var column = 0
    while column < columns {
      guard new[base + column] != old[base + column] else {
        column += 1
        continue
      }
      var start = column
      while start > 0, new[base + start].isRightHalf { start -= 1 }
      column += 1
      while column < columns, new[base + column] != old[base + column] || new[base + column].isRightHalf { column += 1 }
      runs.append(CellRun(row: row, column: start, count: column - start))
    }
  }
}
