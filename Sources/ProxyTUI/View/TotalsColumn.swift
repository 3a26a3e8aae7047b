/// Where a column of the totals stands. Four of them, at every width that is drawn at all.
struct TotalsColumn: Equatable, Sendable {
  var start: Int
  var width: Int

  /// The width from which the figures have their long names and units.
  static let roomy = 80

  static func fit(_ columns: Int) -> [TotalsColumn] {
    guard columns < roomy else {
      let step = min(30, columns / 4)
      return (0..<4).map { TotalsColumn(start: $0 * step, width: step - 2) }
    }
    // Sixty cells exactly, what is more is shared out between them: the shortest names and figures of each.
    let more = max(0, columns - 60) / 4
    return zip([0, 16, 29, 46], [15, 12, 15, 14]).enumerated().map { index, column in
      TotalsColumn(start: column.0 + index * more, width: column.1 + more)
    }
  }
}
