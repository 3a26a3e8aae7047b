internal import LoadGen

/// The reducer: the only code that changes a model. Pure; time comes in with the ticks.
///
///     tick            Update+Tick: what the run says
///     keys            Update+Keys: what they mean here and now, then
///                     Update+Load (the load), Update+Playback (a record), Update+Tables, Update+Prompt
///     mouse           Update+Mouse: the same, by place
func update(_ model: inout DashboardModel, _ message: Message) -> [Effect] {
  if case .tick(let view, let now) = message { return model.take(view, now: now) }
  model.dirty = true
  let effects = model.take(message)
  model.keepSelectionVisible()
  return effects
}

extension DashboardModel {
  fileprivate mutating func take(_ message: Message) -> [Effect] {
    switch message {
    case .tick: return []
    case .key(let key): return press(key)
    case .mouse(let event): return point(event)
    case .paste(let text): return paste(text)
    case .resized(let size):
      self.size = size
      if case .menu(let menu) = overlay { open(menu) }
      return [.repaint]
    case .quitRequested(let atOnce): return atOnce ? quitNow() : askToQuit()
    }
  }

  /// Says for a few seconds what was done, and writes it down.
  mutating func say(_ text: String, isBad: Bool = false) {
    notice = Notice(text: text, until: now + 4)
    write(.command, text, isBad: isBad)
  }

  mutating func write(
    _ kind: EventLog.Entry.Kind, _ text: String, at time: Double? = nil, stream: Int? = nil, lane: Int? = nil,
    isBad: Bool = false
  ) {
    log.add(
      EventLog.Entry(
        time: time ?? snapshot.elapsedSeconds, kind: kind, text: text, stream: stream, lane: lane, isBad: isBad))
  }

  /// After rows came or went: the selection stays on its row, wherever that is now.
  mutating func keepSelectionVisible() {
    guard tab.isTable else { return }
    if tab != .streams { rows = TableRows(self) }
    if let anchor = anchors[tab], let place = rows.position(of: anchor) { list.selection = place }
    list.keepVisible(rows: listCount, height: listHeight)
  }

  /// After the selection was moved to another row. The first row is whatever is first.
  mutating func noteSelection() {
    guard tab != .streams else { return streams.noteSelection(self) }
    anchors[tab] = list.selection == 0 ? nil : rows.key(at: list.selection)
  }
}
