internal import LoadGen

/// The keys that do something now, the most important first; what does not fit is left out whole.
enum FooterView {
  typealias Entry = (key: String, meaning: String)

  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    for (entry, cells) in places(model, columns: frame.size.columns) {
      let column = frame.put(entry.key, row: row, column: cells.lowerBound, role: .key)
      frame.put(" " + entry.meaning, row: row, column: column, role: .label)
    }
  }

  /// Where each of them stands.
  static func places(_ model: DashboardModel, columns: Int) -> [(entry: Entry, cells: Range<Int>)] {
    var places: [(Entry, Range<Int>)] = []
    var column = 0
    for entry in keys(model) {
      let width = entry.key.unicodeScalars.count + 1 + entry.meaning.utf8.count
      guard column + width <= columns else { continue }
      places.append((entry, column..<column + width))
      column += width + 2
    }
    return places
  }

  static func keys(_ model: DashboardModel) -> [Entry] {
    switch model.overlay {
    case .help: return [("Esc", "close help"), (model.glyphs.arrows, "scroll"), ("q", "quit")]
    case .menu: return [("Enter", "choose"), (model.glyphs.arrows, "select"), ("Esc", "close")]
    case .prompt: return [("Enter", "done"), ("Esc", "leave it"), ("Ctrl-U", "empty")]
    case .question: return [("y", "yes"), ("n", "no")]
    case nil: break
    }
    var keys: [Entry] = [quitKey(model), ("?", "help")]
    if model.focus != nil {
      keys += [("Esc", "back"), (model.glyphs.arrows, "scroll")]
    } else if model.warning != nil || model.notice.map({ $0.until == nil }) == true {
      keys.append(("Esc", "dismiss"))
    }
    keys += loadKeys(model) + playbackKeys(model)
    if model.focus == nil { keys += viewKeys(model) }
    return keys + laterKeys(model)
  }

  private static func quitKey(_ model: DashboardModel) -> Entry {
    guard model.abilities.contains(.load) else { return ("q", "quit") }
    switch model.quit {
    case .no where model.snapshot.phase == .draining:
      return ("q", "cut after \(Int(DashboardModel.drainSeconds)) s")
    case .no: return ("q", "quit")
    case .draining, .leaving: return ("q", "cut now")
    }
  }

  private static func loadKeys(_ model: DashboardModel) -> [Entry] {
    guard model.abilities.contains(.load), model.quit == .no, !model.snapshot.phase.isEnding else { return [] }
    var keys: [Entry] = [("p", model.paused ? "resume" : "pause")]
    if model.abilities.contains(.concurrency) { keys.append(("+ -", "lanes")) }
    if model.abilities.contains(.faults) { keys.append(("!", "break")) }
    return keys
  }

  private static func playbackKeys(_ model: DashboardModel) -> [Entry] {
    guard let playback = model.playback else { return [] }
    return [("p", playback.isPlaying ? "pause" : "play"), ("< >", "speed"), (", .", "back, on"), (":", "go to")]
  }

  private static func viewKeys(_ model: DashboardModel) -> [Entry] {
    var keys: [Entry] = []
    if model.tab == .streams {
      if model.streamsArePinned { keys.append(("a", "seen")) }
      keys.append(("Enter", "open"))
      if model.snapshot.watch == nil { keys.append(("t", model.streams.showsSingles ? "lanes" : "streams")) }
    }
    if model.tab == .latency, model.snapshot.watch == nil { keys.append(("m", "metric")) }
    if model.tab.isTable { keys += [("/", "filter"), ("o", "sort")] }
    keys.append(("1-6", "views"))
    return keys
  }

  /// What is worth a place only where there is one.
  private static func laterKeys(_ model: DashboardModel) -> [Entry] {
    guard model.focus == nil else { return [] }
    var keys: [Entry] = []
    if model.tab == .streams, model.snapshot.watch == nil {
      keys += [("f", model.streams.failedOnly ? "all" : "failed"), ("c", "columns")]
    }
    if model.abilities.contains(.report) { keys.append(("s", "save")) }
    if model.abilities.contains(.record) { keys.append(("w", model.record == nil ? "record" : "stop record")) }
    if model.abilities.contains(.validation), !model.snapshot.phase.isEnding { keys.append(("v", "validate")) }
    if model.abilities.contains(.relay), !model.snapshot.phase.isEnding { keys.append(("r", "relay")) }
    return keys
  }
}
