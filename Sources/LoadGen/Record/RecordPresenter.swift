/// Makes views of a run that is known from its record, whether that is a file or `/events`.
struct RecordPresenter {
  /// Nanoseconds between two looks at the distributions, which take some milliseconds.
  static let latencyInterval: Int64 = 1_000_000_000

  private var tray = EventTray()
  private var isRestart = false
  private var resetAt: Int64?
  private var latency: (value: RunLatency, version: Int, at: Int64)?
  /// The last one, for as long as nothing happens: ten thousand lanes are not copied ten times a second to show a pause.
  private var shown: (snapshot: Snapshot, version: Int, position: Int64)?
  /// The end of the stream in focus, which a lane forgets when it carries others.
  private var pinned: StreamDetail?

  mutating func take(_ event: RecordEvent) {
    switch event {
    case .reset(let at): (resetAt, latency) = (at, nil)
    // What ended before a reset and is told after it counts no more.
    case .end, .evidence, .progress: if let resetAt, event.time < resetAt { return }
    default: break
    }
    tray.add(event)
  }

  /// What comes from here on does not follow what was.
  mutating func restart() {
    self = RecordPresenter()
    isRestart = true
  }

  /// - Parameters:
  ///   - position: microseconds of the run.
  ///   - now: of a clock that never goes back, in nanoseconds.
  mutating func view(
    _ state: RecordState, header: RecordHeader, focus: RunFocus?, at position: Int64, now: Int64
  ) -> RunView {
    var view = RunView(snapshot: snapshot(state, position))
    (view.events, view.missedEvents) = tray.take()
    view.isRestart = isRestart
    isRestart = false
    view.latency = latency(state, now)
    view.detail = focus.flatMap { detail(state, $0, header.targets, position) }
    view.targets = header.targets
    view.validation = ValidationMode(rawValue: header.validate)
    view.expectedStatuses = header.expectedStatuses
    return view
  }

  private mutating func snapshot(_ state: RecordState, _ position: Int64) -> Snapshot {
    if let shown, shown.version == state.version, shown.position == position { return shown.snapshot }
    // Before the new one is made: two of them are enough.
    shown = nil
    let snapshot = state.snapshot(at: position)
    shown = (snapshot, state.version, position)
    return snapshot
  }

  private mutating func latency(_ state: RecordState, _ now: Int64) -> RunLatency {
    if let latency, latency.version == state.version { return latency.value }
    // The last word is not waited for: nothing may follow it.
    if let latency, now &- latency.at < Self.latencyInterval, state.final == nil { return latency.value }
    let value = RunLatency(shapes: state.latency.shapes(), isWhole: state.hasAllEnds)
    latency = (value, state.version, now)
    return value
  }

  private mutating func detail(
    _ state: RecordState, _ focus: RunFocus, _ targets: [String], _ position: Int64
  ) -> StreamDetail? {
    if let found = state.detail(of: focus, targets: targets, at: position) {
      pinned = focus.stream == nil ? nil : found
      return found
    }
    guard let pinned, pinned.record.stream == focus.stream, pinned.record.lane == focus.lane, !pinned.isRunning else {
      return nil
    }
    return pinned
  }
}
