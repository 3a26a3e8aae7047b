internal import ToolSupport

/// The state of a replay: where its time is, whether it runs, and what is to be told in the next view. Not thread-safe.
struct ReplayDeck {
  static let speeds = 0.1...100.0
  /// Nanoseconds: who was suspended for an hour goes on where the screen was.
  private static let longestTick: Int64 = 1_000_000_000
  /// A record that has no end and has not grown for this long, in nanoseconds, is not waited for.
  private static let patience: Int64 = 3_000_000_000
  private static let refreshInterval: Int64 = 1_000_000_000
  private static let eventsBetweenLooks = 64
  private static let stepLimit = 100

  let timeline: ReplayTimeline
  private let readingTime: Int64
  private let clock: @Sendable () -> Int64
  private var presenter = RecordPresenter()
  private var isPlaying = true
  private var isSeeking = false
  private var steps = 0
  private var speed = 1.0
  private var viewedAt: Int64?
  private var refreshedAt: Int64
  private var grewAt: Int64
  private var replies: [RunReply] = []

  init(timeline: ReplayTimeline, readingTime: Int64, clock: @escaping @Sendable () -> Int64) {
    self.timeline = timeline
    self.readingTime = readingTime
    self.clock = clock
    refreshedAt = clock()
    grewAt = refreshedAt
  }

  mutating func view(of focus: RunFocus?) -> RunView {
    let now = clock()
    let elapsed = min(max(0, now &- (viewedAt ?? now)), Self.longestTick)
    viewedAt = now
    refresh(now)
    timeline.follow(focus?.lane)
    read(elapsed)
    if isPlaying, !isSeeking, isOver(now) { isPlaying = false }
    var view = presenter.view(
      timeline.state, header: timeline.header, focus: focus, at: timeline.position, now: now)
    view.playback = PlaybackState(
      position: timeline.position, duration: timeline.duration, isPlaying: isPlaying, speed: speed)
    view.status = status
    (view.replies, replies) = (replies, [])
    return view
  }

  mutating func perform(_ command: RunCommand) {
    switch command {
    case .playback(let playback): perform(playback)
    // Whoever leaves says so to every source.
    case .stop: break
    default: replies.append(RunReply("a record shows what happened: nothing of it can be changed", isFailure: true))
    }
  }

  private mutating func perform(_ playback: RunCommand.Playback) {
    switch playback {
    case .setPlaying(let wanted):
      steps = 0
      if wanted, !isPlaying, !isSeeking, timeline.state.final != nil, timeline.isAtEnd { seek(to: 0) }
      isPlaying = wanted
    case .step:
      isPlaying = false
      steps = min(steps + 1, Self.stepLimit)
    case .move(let distance): seek(to: (isSeeking ? timeline.goal : timeline.position).saturatingAdd(distance))
    case .seek(let time): seek(to: time)
    case .setSpeed(let wanted):
      if wanted.isFinite { speed = min(max(wanted, Self.speeds.lowerBound), Self.speeds.upperBound) }
    }
  }

  private mutating func seek(to time: Int64) {
    steps = 0
    isSeeking = true
    if timeline.aim(at: time) { presenter.restart() }
  }

  /// As much as a view may: first what somebody went to, then single steps, then what has been played since the last view.
  private mutating func read(_ elapsed: Int64) {
    let limit = MonotonicClock.now().saturatingAdd(readingTime)
    if isSeeking {
      isSeeking = !approach(until: limit) { _ in false }
    } else if steps > 0 {
      while steps > 0, step(until: limit) {}
    } else if isPlaying {
      timeline.play(to: timeline.position.saturatingAdd(Int64(Double(elapsed) / 1000 * speed)))
      _ = approach(until: limit) { _ in false }
    }
  }

  /// False when the time for reading was over before.
  private mutating func step(until limit: Int64) -> Bool {
    timeline.play(to: .max)
    var isThere = false
    let isAtGoal = approach(until: limit) { event in
      isThere = event.isStep
      return isThere
    }
    guard isThere || isAtGoal else { return false }
    steps -= 1
    return true
  }

  /// - Parameter isEnough: asked after every event.
  /// - Returns: whether the timeline's goal is reached.
  private mutating func approach(until limit: Int64, _ isEnough: (RecordEvent) -> Bool) -> Bool {
    var presenter = presenter
    var events = 0
    let isThere = timeline.approach { event in
      presenter.take(event)
      events += 1
      if isEnough(event) { return false }
      return events % Self.eventsBetweenLooks != 0 || MonotonicClock.now() < limit
    }
    self.presenter = presenter
    return isThere
  }

  private mutating func refresh(_ now: Int64) {
    guard timeline.state.final == nil, now &- refreshedAt >= Self.refreshInterval else { return }
    refreshedAt = now
    if timeline.refresh() { grewAt = now }
  }

  private func isOver(_ now: Int64) -> Bool {
    guard timeline.position >= timeline.duration, timeline.isAtEnd else { return false }
    return timeline.state.final != nil || now &- grewAt >= Self.patience
  }

  private var status: String? {
    var parts: [String] = []
    if isSeeking {
      parts.append("reading up to \(HumanText.duration(Double(timeline.goal) / 1e6))")
    } else if timeline.position >= timeline.duration, timeline.isAtEnd {
      parts.append(ending)
    }
    let damaged = timeline.damagedLines
    if damaged > 0 {
      parts.append("\(HumanText.grouped(damaged)) damaged \(damaged == 1 ? "line" : "lines") passed over")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  private var ending: String {
    if timeline.state.final != nil { return "the end of the record" }
    if isPlaying { return "the end of what is written so far" }
    if timeline.state.notices.contains(LateRecord.switchedOff) { return LateRecord.switchedOff }
    return "the record ends here without a last word: its run was killed, or goes on"
  }
}

extension RecordEvent {
  /// Whether a person who steps from event to event stops at it: something happened to a stream or to the run. How far
  /// streams have come is told too often.
  fileprivate var isStep: Bool {
    switch self {
    case .progress, .sample, .lanes, .evidence: false
    default: true
    }
  }
}
