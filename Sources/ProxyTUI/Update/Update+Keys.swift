internal import LoadGen

// What a key means: the overlay's first, then what is the same everywhere, then the load's, the record's, the view's.
extension DashboardModel {
  mutating func press(_ key: Key) -> [Effect] {
    switch key {
    case .control("c"): return askToQuit()
    case .control("l"): return [.repaint]
    case .control("z"): return [.suspend]
    default: break
    }
    guard layout != nil else {
      // What cannot be seen cannot be answered.
      overlay = nil
      return key == .character("q") ? askToQuit() : []
    }
    if let overlay { return press(key, over: overlay) }
    if let effects = pressAlways(key) { return effects }
    if let effects = pressForLoad(key) { return effects }
    if let effects = pressForPlayback(key) { return effects }
    return focus == nil ? pressInView(key) : pressInStream(key)
  }

  private mutating func press(_ key: Key, over overlay: Overlay) -> [Effect] {
    switch overlay {
    case .help: return pressInHelp(key)
    case .menu(let menu): return press(key, in: menu)
    case .prompt(let prompt): return press(key, in: prompt)
    case .question(let question): return press(key, to: question)
    }
  }

  /// Nil for keys that do not mean the same everywhere.
  private mutating func pressAlways(_ key: Key) -> [Effect]? {
    switch key {
    case .character("q"): return askToQuit()
    case .character("?"), .character("h"), .f1:
      overlay = .help
      helpTop = 0
    case .character(let digit) where ("1"..."6").contains(digit):
      open(Tab(rawValue: Int(digit.value) - 0x30) ?? tab)
    case .tab: open(tab.neighbour(forward: true))
    case .backTab: open(tab.neighbour(forward: false))
    default: return nil
    }
    return []
  }

  mutating func open(_ new: Tab) {
    tab = new
    focus = nil
    detail = nil
    keepSelectionVisible()
  }

  /// Anything but scrolling closes the help: nobody changes a load from behind it.
  private mutating func pressInHelp(_ key: Key) -> [Effect] {
    if key == .character("q") { return askToQuit() }
    let count = HelpView.lines(self).count
    let height = HelpView.height(on: size, lines: count)
    var list = ListState(selection: helpTop, top: helpTop)
    switch key {
    case .up, .down, .character("j"), .character("k"), .pageUp, .pageDown, .home, .end, .character(" "),
      .character("g"),
      .character("G"), .control("b"), .control("f"):
      _ = list.move(key == .character(" ") ? .pageDown : key, rows: max(1, count - height + 1), height: height)
      helpTop = list.selection
    default: overlay = nil
    }
    return []
  }

  /// A stream is open.
  private mutating func pressInStream(_ key: Key) -> [Effect] {
    let page = max(1, (layout?.body.count ?? 1) - 1)
    switch key {
    case .escape, .enter, .backspace, .left:
      focus = nil
      detail = nil
      detailTop = 0
    case .up, .character("k"): detailTop = max(0, detailTop - 1)
    // The view shows no emptiness below its last line.
    case .down, .character("j"): detailTop = min(detailTop + 1, Self.longestDetail)
    case .pageUp, .control("b"): detailTop = max(0, detailTop - page)
    case .pageDown, .control("f"), .character(" "): detailTop = min(detailTop + page, Self.longestDetail)
    case .home, .character("g"): detailTop = 0
    case .end, .character("G"): detailTop = Self.longestDetail
    case .character("x"): askToAbort()
    default: break
    }
    return []
  }

  /// Lines of an opened stream beyond which nobody scrolls.
  static let longestDetail = 1000

  // MARK: - Quitting

  /// The first wish lets running streams end for a moment and then leaves, the second leaves now.
  mutating func askToQuit() -> [Effect] {
    overlay = nil
    switch quit {
    case .no where !abilities.contains(.load) || snapshot.phase == .finished:
      quit = .leaving
      return [.leave]
    case .no:
      quit = .draining
      drainUntil = now + Self.drainSeconds
      endedEarly = !snapshot.phase.isEnding
      notice = nil
      warningsRead = warnings.count
      return [.command(.stop(.drain))]
    case .draining: return quitNow()
    case .leaving: return []
    }
  }

  mutating func quitNow() -> [Effect] {
    guard quit != .leaving else { return [] }
    quit = .leaving
    guard abilities.contains(.load), snapshot.phase != .finished else { return [.leave] }
    endedEarly = true
    return [.command(.stop(.now)), .leave]
  }
}
