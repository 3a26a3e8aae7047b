/// Which rows belong to what, by the size of the screen. Pure arithmetic; nil below the smallest useful size.
///
/// 80×24 has everything; more rows give first to the table, then to the graph; fewer rows take the graph away. The environments
/// of a Lambda function, where the target is one, have rows of the table's, and never most of them.
struct Layout: Equatable, Sendable {
  static let smallest = ScreenSize(rows: 12, columns: 60)

  /// Two rows: target and load.
  let header = 0
  /// Four rows.
  let totals = 2
  /// Empty where the target is no Lambda function.
  let environments: Range<Int>
  let graph: Range<Int>
  let tableHeader: Int
  let lanes: Range<Int>
  /// What has failed, for as long as anything has.
  let failures: Int
  /// The selected lane and what is to be said: two rows from 24 on, so that neither has to give way.
  let detail: Range<Int>
  let footer: Int

  /// - Parameter environments: how many there are to show.
  init?(size: ScreenSize, environments count: Int = 0) {
    guard size.rows >= Self.smallest.rows, size.columns >= Self.smallest.columns else { return nil }
    footer = size.rows - 1
    detail = size.rows - (size.rows < 24 ? 2 : 3)..<size.rows - 1
    failures = detail.lowerBound - 1
    let graphRows =
      switch size.rows {
      case ..<22: 0
      case ..<30: 5
      case ..<50: 9
      default: 13
      }
    // What the table would have alone; its header is one of the rows above it.
    let room = failures - (totals + 4 + graphRows + 1)
    let most = size.rows < 16 ? 0 : min(10, room * 3 / 8)
    environments = totals + 4..<totals + 4 + min(max(0, count), most)
    graph = environments.upperBound..<environments.upperBound + graphRows
    tableHeader = graph.upperBound
    lanes = tableHeader + 1..<failures
  }
}
