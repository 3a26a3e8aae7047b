internal import LoadGen

// What the tables show, in their filters and orders.
extension DashboardModel {
  /// Rows of the table that is open; 0 where there is none.
  var listCount: Int { tab == .streams ? rowCount : rows.count }

  /// How many of them fit.
  var listHeight: Int { layout?.table(of: tab, rows: listCount)?.count ?? 1 }

  /// Whether something stands on top until somebody has seen it.
  var streamsArePinned: Bool { !book.pins.isEmpty || snapshot.lanes.contains { $0.failed > 0 && book.isPinned($0) } }

  /// A row with the figures of the last half second, where it is the same stream; they stand still long enough to be read.
  func readable(_ row: StreamRow) -> LaneSnapshot {
    guard row.lane.state == .streaming, shown.lanes.indices.contains(row.lane.lane) else { return row.lane }
    let known = shown.lanes[row.lane.lane]
    return known.stream == row.lane.stream && known.state == .streaming ? known : row.lane
  }
}
