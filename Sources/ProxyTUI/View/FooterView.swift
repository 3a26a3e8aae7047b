internal import LoadGen

/// The keys that do something now, the most important first; what does not fit is left out whole.
enum FooterView {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    var column = 0
    for (key, meaning) in keys(model) {
      let width = key.unicodeScalars.count + 1 + meaning.utf8.count
      guard column + width <= frame.size.columns else { continue }
      column = frame.put(key, row: row, column: column, role: .key)
      column = frame.put(" " + meaning, row: row, column: column, role: .label) + 2
    }
  }

  static func keys(_ model: DashboardModel) -> [(key: String, meaning: String)] {
    if model.helpShown { return [("Esc", "close help"), ("q", "quit")] }
    var keys: [(String, String)] = []
    switch model.quit {
    case .no where model.snapshot.phase == .draining:
      keys.append(("q", "cut after \(Int(DashboardModel.drainSeconds)) s"))
    case .no: keys.append(("q", "quit"))
    case .draining, .leaving: keys.append(("q", "cut now"))
    }
    if model.quit == .no, !model.snapshot.phase.isEnding {
      keys.append(("p", model.paused ? "resume" : "pause"))
      keys.append(("+ -", "lanes"))
    }
    keys.append((model.glyphs.arrows, "select"))
    keys.append(("f", model.failedOnly ? "all" : "failed"))
    keys.append(("?", "help"))
    if model.warning != nil || model.notice.map({ $0.until == nil }) == true { keys.append(("Esc", "dismiss")) }
    return keys
  }
}
