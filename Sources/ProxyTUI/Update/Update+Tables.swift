internal import LoadGen

// Keys of the views: moving, opening, sorting, marking as seen.
extension DashboardModel {
  mutating func pressInView(_ key: Key) -> [Effect] {
    if tab == .latency, key == .character("m") {
      metric = nextMetric()
      return []
    }
    if key == .escape {
      dismiss()
      return []
    }
    guard tab.isTable else { return [] }
    switch key {
    case .character("/"): overlay = .prompt(Prompt(purpose: .filter, text: list.filterText))
    case .character("o"):
      let fields = fields
      sort { $0.sortByNext(of: fields) }
    case .character("O"): sort { $0.sort?.isDescending.toggle() }
    case .enter: openSelected()
    default:
      if tab == .streams, pressInStreams(key) { return [] }
      if list.move(key == .character(" ") ? .pageDown : key, rows: listCount, height: listHeight) { noteSelection() }
    }
    return []
  }

  /// True for keys of the stream table alone.
  private mutating func pressInStreams(_ key: Key) -> Bool {
    switch key {
    case .character("t"), .character("f"), .character("c"):
      guard snapshot.watch == nil else {
        say("the target tells of no stream how it ended, only of those that run: 4 has its failures", isBad: true)
        return true
      }
      changeTable(key)
    case .character("a"): acknowledgeSelected()
    case .character("A"):
      let isAny = streamsArePinned
      book.acknowledgeAll(snapshot.lanes)
      say(isAny ? "all failures marked as seen" : "no failure stands on top: nothing to mark as seen")
    case .character("x"):
      askToAbort()
      return true
    default: return false
    }
    streams.rebuild(self)
    keepSelectionVisible()
    return true
  }

  /// Other columns are the same rows, others are another table.
  private mutating func changeTable(_ key: Key) {
    switch key {
    case .character("c"): return streams.showsOrigins.toggle()
    case .character("t"): streams.showsSingles.toggle()
    default: streams.failedOnly.toggle()
    }
    streams.restart()
  }

  private mutating func acknowledgeSelected() {
    guard let row = row(at: streams.list.selection) else { return }
    switch row.key {
    case .lane: book.acknowledge(lane: row.lane)
    case .stream(let stream):
      book.acknowledge(stream: stream, of: snapshot.lanes.first { $0.lane == row.lane.lane })
    }
  }

  /// By what the open table can be sorted, in the order of its columns.
  var fields: [Field] {
    switch tab {
    case .streams: laneColumns(size.columns).compactMap(\.field).unique
    case .failures: FailuresView.table(size.columns).columns.compactMap(\.field)
    case .environments: InstancesView.table(size.columns, glyphs).columns.compactMap(\.field)
    case .log: LogView.table.columns.compactMap(\.field)
    case .overview, .latency: []
    }
  }

  mutating func sort(_ change: (inout ListState) -> Void) {
    change(&list)
    if tab == .streams {
      streams.rebuild(self)
    } else {
      list.selection = 0
      noteSelection()
    }
    keepSelectionVisible()
    let text = list.sort.map { "sorted by \($0.field.rawValue), \($0.isDescending ? "largest" : "smallest") first" }
    notice = Notice(text: text ?? "in the table's own order", until: now + 4)
  }

  mutating func openSelected() {
    switch tab {
    case .streams:
      guard let lane = row(at: streams.list.selection)?.lane, lane.stream > 0 else { return }
      open(stream: lane.stream, lane: lane.lane)
    case .failures:
      let rows = rows.failures
      guard rows.indices.contains(list.selection) else { return }
      openFailure(rows[list.selection])
    case .log:
      let rows = rows.log
      guard rows.indices.contains(list.selection), let stream = rows[list.selection].stream else { return }
      open(stream: stream, lane: rows[list.selection].lane ?? 0)
    case .environments:
      let rows = rows.instances
      guard rows.indices.contains(list.selection) else { return }
      showStreams(of: rows[list.selection].id)
    case .overview, .latency: return
    }
  }

  /// One of which everything was kept; else the last one that failed so.
  private mutating func openFailure(_ kind: FailureBook.Kind) {
    if let piece = kind.evidence.first {
      open(stream: piece.stream, lane: piece.lane ?? book.record(stream: piece.stream)?.lane ?? 0)
    } else if let record = book.latestFailure(where: { FailureBook.kind(of: $0) == kind.name }) {
      open(stream: record.stream, lane: record.lane)
    } else {
      say("no stream of this kind can be opened: none was seen to end")
    }
  }

  private mutating func open(stream: Int, lane: Int) {
    focus = RunFocus(lane: lane, stream: stream)
    detail = nil
    detailTop = 0
  }

  /// The streams that an instance serves or has served.
  private mutating func showStreams(of instance: String) {
    // A target that names no instance has no streams that name it.
    let text = "instance=\(instance)"
    guard snapshot.memory.instances[instance] != nil, !instance.contains(" "), let filter = try? Filter(text) else {
      return
    }
    tab = .streams
    streams.list.filter = filter
    streams.list.filterText = text
    streams.restart()
    streams.rebuild(self)
    keepSelectionVisible()
  }

  /// What stays until it was read, one after the other; then the filter.
  private mutating func dismiss() {
    if let notice, notice.until == nil {
      self.notice = nil
    } else if warning != nil {
      warningsRead += 1
    } else if tab.isTable, !list.filterText.isEmpty {
      setFilter("")
    } else {
      notice = nil
    }
  }

  /// - Returns: what is wrong with it; nil when it is in force now.
  @discardableResult
  mutating func setFilter(_ text: String) -> String? {
    do {
      list.filter = try Filter(text)
    } catch {
      return error.text
    }
    list.filterText = text
    list.selection = 0
    anchors[tab] = nil
    if tab == .streams {
      streams.restart()
      streams.rebuild(self)
    }
    keepSelectionVisible()
    return nil
  }

  private func nextMetric() -> Distributions.Metric {
    let all = Distributions.Metric.allCases.filter { metric in
      [.ttfh, .ttfb, .ttlb, .gapMax].contains(metric) || latency?.shapes[metric] != nil
    }
    guard let index = all.firstIndex(of: metric) else { return .ttlb }
    return all[(index + 1) % all.count]
  }
}

extension [Field] {
  /// Each once, in the order of their first places.
  fileprivate var unique: [Field] {
    var seen: Set<Field> = []
    return filter { seen.insert($0).inserted }
  }
}
