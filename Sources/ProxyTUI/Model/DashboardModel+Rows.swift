internal import LoadGen

// What the tables show, in their filters and orders.
extension DashboardModel {
  var instanceRows: [InstanceRow] {
    arranged(InstanceRow.rows(snapshot, failures: instanceFailures), lists[.environments, default: ListState()])
  }

  var failureRows: [FailureBook.Kind] { arranged(failures.kinds, lists[.failures, default: ListState()]) }

  /// The latest first.
  var logRows: [EventLog.Entry] { arranged(log.entries.reversed(), lists[.log, default: ListState()]) }

  /// Rows of the table that is open; 0 where there is none.
  var listCount: Int {
    switch tab {
    case .streams: rowCount
    case .failures: failureRows.count
    case .environments: instanceRows.count
    case .log: logRows.count
    case .overview, .latency: 0
    }
  }

  /// What a row of the open table is called, wherever it stands; the stream table has names of its own.
  func listKey(at position: Int) -> String? {
    listKeys.dropFirst(position).first
  }

  func listPosition(of key: String) -> Int? { listKeys.firstIndex(of: key) }

  private var listKeys: [String] {
    switch tab {
    case .failures: failureRows.map(\.name)
    case .environments: instanceRows.map(\.id)
    case .log: logRows.map { String($0.number) }
    case .streams, .overview, .latency: []
    }
  }

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

  private func arranged<Row: Listed>(_ rows: [Row], _ list: ListState) -> [Row] {
    let kept = list.filter.isEmpty ? rows : rows.filter { list.filter.matches($0) }
    guard let sort = list.sort else { return kept }
    return sort.sorted(kept.indices.map { Int32(clamping: $0) }, of: { kept[Int($0)] }).map { kept[Int($0)] }
  }
}
