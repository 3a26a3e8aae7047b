/// Which rows of the overview belong to what. The graphs come first: where rows are few there are no figures.
///
///     graphs   three, four where there is much room: a title each, and the rest of the height
///     axis     1 row
///     figures  a strip of 3 rows, a panel of 10, or a panel at the right of it all
struct OverviewLayout: Equatable {
  enum Figures: Equatable {
    case none
    /// Three rows, for 80×24: what the totals above do not have.
    case strip(Int)
    /// Side by side below the graphs.
    case below(Range<Int>)
    /// One under the other, right of the graphs.
    case beside(Range<Int>, column: Int)
  }

  static let panelRows = 10
  private static let sideWidth = 56

  let graphs: [Range<Int>]
  let axis: Int
  let figures: Figures
  /// Where the graphs end.
  let columns: Int
  /// Where a graph has one row, the name and the figure stand left of it instead of above it.
  var hasTitles: Bool { graphs.allSatisfy { $0.count >= 2 } }
  /// What stands left of the graphs.
  var gutter: Int { hasTitles ? 10 : 20 }

  init(rows: Range<Int>, columns: Int) {
    let isWide = columns >= 160
    var figureRows = 0
    if isWide, rows.count > Self.panelRows * 2 {
      figures = .beside(rows, column: columns - Self.sideWidth + 2)
    } else if rows.count >= 25 {
      figureRows = Self.panelRows
      figures = .below(rows.upperBound - Self.panelRows..<rows.upperBound)
    } else if rows.count >= 13 {
      figureRows = 3
      figures = .strip(rows.upperBound - 3)
    } else {
      figures = .none
    }
    if case .beside = figures { self.columns = columns - Self.sideWidth } else { self.columns = columns }
    axis = rows.upperBound - figureRows - 1
    let room = max(0, axis - rows.lowerBound)
    let count = room >= 32 ? 4 : 3
    var start = rows.lowerBound
    graphs = (0..<count).map { index in
      // What does not divide goes to the first ones. Two rows are the least that a title is worth.
      let height = room < count * 2 ? min(1, room) : room / count + (index < room % count ? 1 : 0)
      defer { start += height }
      return start..<start + height
    }
  }
}
