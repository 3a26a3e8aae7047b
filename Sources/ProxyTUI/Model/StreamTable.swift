internal import LoadGen

/// Which rows the stream table has, and in what order: lanes, or single streams.
///
/// The order is made twice a second and after a key, not for every frame: a table whose rows change places ten times a second cannot
/// be read. In their natural order lanes need no list at all.
struct StreamTable: Sendable {
  /// Where a row's values are.
  struct Place: Sendable, Equatable {
    /// Index of a lane, or slot in the book; below zero a pin, counted from -1.
    var index: Int32
    var isLane: Bool
    /// Of an ended stream: a slot may have been given to a later one since.
    var stream: Int = 0
  }

  /// Single streams instead of lanes.
  var showsSingles = false
  /// Only what has failed.
  var failedOnly = false
  /// Who served what, in place of how fast it came.
  var showsOrigins = false
  var list = ListState()
  /// Nil is every lane in order.
  private(set) var order: [Place]?
  /// The selected row, so that the selection stays on it wherever it goes; nil while the selection is the first row's, whatever that is.
  private(set) var selected: StreamRow.Key?

  mutating func rebuild(_ model: DashboardModel) {
    order = makeOrder(model)
    guard let selected else { return }
    let lanes = model.snapshot.lanes
    let place =
      order?.firstIndex { key($0, lanes) == selected }
      ?? (order == nil ? lanes.firstIndex { selected == .lane($0.lane) } : nil)
    if let place { list.selection = place }
  }

  /// What a row is called: no row is made for that, of ten thousand that are not it.
  private func key(_ place: Place, _ lanes: [LaneSnapshot]) -> StreamRow.Key? {
    guard place.isLane else { return .stream(place.stream) }
    guard lanes.indices.contains(Int(place.index)) else { return nil }
    let lane = lanes[Int(place.index)]
    return showsSingles ? .stream(lane.stream) : .lane(lane.lane)
  }

  /// After the selection was moved to another row.
  mutating func noteSelection(_ model: DashboardModel) {
    selected = list.selection == 0 ? nil : model.row(at: list.selection, in: order)?.key
  }

  /// Another table: nothing is selected.
  mutating func restart() {
    list.selection = 0
    list.top = 0
    selected = nil
  }

  private var isNatural: Bool { !showsSingles && !failedOnly && list.filter.isEmpty && list.sort == nil }

  private func makeOrder(_ model: DashboardModel) -> [Place]? {
    let lanes = model.snapshot.lanes
    if isNatural, !lanes.contains(where: { model.book.isPinned($0) }) { return nil }
    var pinned: [Place] = []
    var others: [Place] = []
    if showsSingles {
      for (index, pin) in model.book.pins.enumerated().reversed() {
        pinned.append(Place(index: Int32(clamping: -1 - index), isLane: false, stream: pin.stream))
      }
    }
    for index in lanes.indices {
      let lane = lanes[index]
      if showsSingles, lane.state == .idle || lane.state == .ended { continue }
      let place = Place(index: Int32(clamping: index), isLane: true)
      if !showsSingles, model.book.isPinned(lane) { pinned.append(place) } else { others.append(place) }
    }
    if showsSingles {
      others.sort { lanes[Int($0.index)].stream < lanes[Int($1.index)].stream }
      addEnded(model, pinned, to: &others)
    }
    return arranged(pinned, model) + arranged(others, model)
  }

  /// The latest first, without those that stand above as pins.
  private func addEnded(_ model: DashboardModel, _ pinned: [Place], to others: inout [Place]) {
    let above = Set(pinned.map(\.stream))
    for back in 0..<model.book.count {
      guard let slot = model.book.slot(back: back), let record = model.book.record(slot: slot),
        !above.contains(record.stream)
      else { continue }
      others.append(Place(index: Int32(clamping: slot), isLane: false, stream: record.stream))
    }
  }

  /// A row is made once for each place, and kept for none: ten thousand of them twice a second are most of what a table costs.
  private func arranged(_ places: [Place], _ model: DashboardModel) -> [Place] {
    let isFiltered = failedOnly || !list.filter.isEmpty
    guard isFiltered || list.sort != nil else { return places }
    var kept: [Place] = []
    var keys: [FieldValue?] = []
    for place in places {
      let row = model.row(place)
      if isFiltered {
        guard let row, !failedOnly || row.lane.failed > 0, list.filter.matches(row) else { continue }
      }
      kept.append(place)
      if let sort = list.sort { keys.append(row?.value(sort.field)) }
    }
    return list.sort?.order(of: keys).map { kept[$0] } ?? kept
  }
}

extension DashboardModel {
  /// Of the stream table, so many cells wide.
  func laneColumns(_ cells: Int) -> [LaneColumn] {
    let choice: LaneColumn.Choice = snapshot.watch != nil ? .watched : streams.showsOrigins ? .origins : .figures
    return LaneColumn.fit(cells, singles: streams.showsSingles, choice)
  }

  /// Rows of the stream table in its present filter.
  var rowCount: Int { streams.order?.count ?? snapshot.lanes.count }

  /// A row of the stream table; nil beyond its end, and for a stream that has been pushed out since the order was made.
  func row(at position: Int) -> StreamRow? { row(at: position, in: streams.order) }

  func row(at position: Int, in order: [StreamTable.Place]?) -> StreamRow? {
    guard position >= 0 else { return nil }
    guard let order else {
      return row(StreamTable.Place(index: Int32(clamping: position), isLane: true))
    }
    return order.indices.contains(position) ? row(order[position]) : nil
  }

  func row(_ place: StreamTable.Place) -> StreamRow? {
    let index = Int(place.index)
    if place.isLane { return snapshot.lanes.indices.contains(index) ? row(of: snapshot.lanes[index]) : nil }
    if index < 0 {
      let pin = -1 - index
      guard book.pins.indices.contains(pin), book.pins[pin].stream == place.stream else { return nil }
      return row(of: book.pins[pin], isPinned: true)
    }
    guard let record = book.record(slot: index), record.stream == place.stream else { return nil }
    return row(of: record, isPinned: false)
  }

  private func row(of snapshot: LaneSnapshot) -> StreamRow {
    var lane = snapshot
    if streams.showsSingles {
      // What the lane carried before is not this stream's.
      (lane.lastCause, lane.lastVerdict) = (nil, nil)
      (lane.streams, lane.failed, lane.badGateways, lane.invalid) = (0, 0, 0, 0)
    }
    return StreamRow(
      key: streams.showsSingles ? .stream(lane.stream) : .lane(lane.lane), lane: lane,
      isPinned: !streams.showsSingles && book.isPinned(lane),
      url: targets.indices.contains(lane.target) ? targets[lane.target] : "", memory: memory(of: lane),
      rate: lane.state == .streaming ? rate(of: lane) : 0)
  }

  private func row(of record: StreamRecord, isPinned: Bool) -> StreamRow {
    let lane = LaneSnapshot(record)
    return StreamRow(
      key: .stream(record.stream), lane: lane, isPinned: isPinned, url: record.url, memory: nil,
      rate: lane.bytesPerSecond)
  }

  /// What the proxy holds for this very stream, else the whole instance's; nil when nobody says.
  private func memory(of lane: LaneSnapshot) -> Int64? {
    if let id = lane.requestID, let bytes = snapshot.memory.bufferedByRequest[id] { return bytes }
    return lane.instance.flatMap { snapshot.memory.instances[$0]?.rssBytes }
  }
}
