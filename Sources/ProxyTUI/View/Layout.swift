/// Which rows belong to what, by the size of the screen. Pure arithmetic; nil below the smallest useful size.
///
/// 80×24 has everything; more rows give first to the table, then to the graph; fewer rows take the graph away. The environments
/// of a Lambda function, where the target is one, have rows of the stream view's, and never most of them.
///
///     header  2 rows        target, load
///     totals  4 rows
///     tabs    1 row         the views
///     body                  of the stream view: graph, environments, table
///     failures 1 row        what has failed, for as long as anything has
///     detail  1 or 2 rows   the selected row, and what is to be said
///     footer  1 row         keys
struct Layout: Equatable, Sendable {
  static let smallest = ScreenSize(rows: 14, columns: 60)

  let header = 0
  let totals = 2
  let tabs = 6
  let body: Range<Int>
  /// Its first row is the tabs', which are its title.
  let graph: Range<Int>
  /// Empty where the target is no Lambda function.
  let environments: Range<Int>
  let tableHeader: Int
  let lanes: Range<Int>
  let failures: Int
  /// Two rows from 24 on, so that neither has to give way.
  let detail: Range<Int>
  let footer: Int

  /// - Parameter environments: how many there are to show.
  init?(size: ScreenSize, environments count: Int = 0) {
    guard size.rows >= Self.smallest.rows, size.columns >= Self.smallest.columns else { return nil }
    footer = size.rows - 1
    detail = size.rows - (size.rows < 24 ? 2 : 3)..<size.rows - 1
    failures = detail.lowerBound - 1
    body = tabs + 1..<failures
    // Besides the tabs' row.
    let graphRows =
      switch size.rows {
      case ..<22: 0
      case ..<30: 4
      case ..<50: 8
      default: 12
      }
    // What the table would have alone; its header is one of the rows above it.
    let room = body.count - graphRows - 1
    let most = size.rows < 18 ? 0 : min(10, room * 3 / 8)
    graph = tabs..<body.lowerBound + graphRows
    environments = graph.upperBound..<graph.upperBound + min(max(0, count), most)
    tableHeader = environments.upperBound
    lanes = tableHeader + 1..<failures
  }

  /// Where a view's table has its rows; its titles are in the row above. Nil for a view without one.
  func table(of tab: Tab, rows count: Int = 0) -> Range<Int>? {
    switch tab {
    case .streams: lanes
    case .failures:
      // The proof of the selected kind stands below, and needs more room than the list does.
      body.lowerBound + 1..<body.lowerBound + 1 + min(max(1, count), max(1, body.count * 2 / 5))
    case .environments, .log: body.lowerBound + 1..<body.upperBound
    case .overview, .latency: nil
    }
  }
}
