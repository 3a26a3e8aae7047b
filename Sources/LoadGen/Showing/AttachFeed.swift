internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the thread that reads `/events` and the screen share: the run folded so far, and how the connection is.
final class AttachFeed: Sendable {
  fileprivate struct State {
    var run = RecordState(isWhole: false)
    var presenter = RecordPresenter()
    var header = RecordHeader(tool: "", startedAt: "", targets: [])
    var status: String?
    /// A connection brought a header.
    var hasBegun = false
    /// A head with 200 came.
    var isConnected = false
    var firstFailure: String?
    var isOver = false
    var isStopped = false
    /// A run that was told of is told of no more.
    var isLost = false
    /// When that was noticed: the run's time is not known from then on.
    var lostAt: Int64?
    /// When the last events came, by the clock here: the run's time goes on between them.
    var heardAt = MonotonicClock.now()
    var replies: [RunReply] = []
  }

  /// Of silence, so much passes on the screen: nanoseconds.
  private static let longestCoast: Int64 = 2_000_000_000

  private let address: String
  private let stopped: WakeDescriptor
  private let answered: WakeDescriptor
  private let state = Mutex(State())

  init(address: String, stopped: WakeDescriptor, answered: WakeDescriptor) {
    self.address = OptionText.shown(address)
    self.stopped = stopped
    self.answered = answered
    state.withLock { $0.status = "connecting to \(self.address)" }
  }

  deinit {
    stopped.closeEnds()
    answered.closeEnds()
  }

  var isStopped: Bool { state.withLock { $0.isStopped } }
  /// Why there was never a connection; nil when there was, or when it is still being made.
  var firstFailure: String? { state.withLock { $0.isConnected || $0.hasBegun ? nil : $0.firstFailure } }
  var facts: String { state.withLock { $0.hasBegun ? $0.header.facts : "" } }

  func stop() {
    state.withLock { $0.isStopped = true }
    stopped.ring()
  }

  /// Until the header, the first failure, or the time is over; of what is connected and says nothing, too.
  func awaitAnswer(milliseconds: Int32) {
    Self.wait(answered, milliseconds)
    state.withLock { state in
      guard !state.isConnected, state.firstFailure == nil else { return }
      state.firstFailure = "no answer in \(HumanText.duration(Double(milliseconds) / 1000))"
    }
  }

  /// Returns early when it is stopped.
  func rest(milliseconds: Int32) { Self.wait(stopped, milliseconds) }

  private static func wait(_ bell: WakeDescriptor, _ milliseconds: Int32) {
    var polled = pollfd(fd: bell.readEnd, events: Int16(POLLIN), revents: 0)
    while poll(&polled, 1, milliseconds) < 0, errno == EINTR {}
  }

  // What the thread tells. False: nobody wants to hear more.

  func connected() -> Bool {
    state.withLock { state in
      state.isConnected = true
      state.status = "\(address) is connected, and its run has not begun"
      return !state.isStopped
    }
  }

  func take(_ header: RecordHeader?, _ events: [RecordEvent]) -> Bool {
    defer { if header != nil { answered.ring() } }
    return state.withLock { state in
      if let header { state.begin(header) }
      for event in events {
        state.run.apply(event)
        state.presenter.take(event)
      }
      if !events.isEmpty { state.heardAt = MonotonicClock.now() }
      if state.run.final != nil { state.end() }
      return !state.isStopped && !state.isOver
    }
  }

  func disconnected(_ end: EventsGet.End, retryIn pause: Int32) -> Bool {
    defer { answered.ring() }
    return state.withLock { state in
      guard !state.isOver, !state.isStopped else { return false }
      // Whoever answers and tells no run serves something else.
      if !state.hasBegun { state.isConnected = false }
      let reason =
        switch end {
        case .over: "it ended without a last word"
        case .broken(let reason), .refused(let reason): reason
        case .enough: ""
        }
      state.firstFailure = state.firstFailure ?? reason
      let again = "trying again in \(HumanText.duration(Double(pause) / 1000))"
      state.isLost = state.hasBegun
      state.lostAt = state.lostAt ?? MonotonicClock.now()
      state.status = "no connection to \(address) (\(reason)); \(again)"
      return true
    }
  }

  // What the screen asks.

  func view(of focus: RunFocus?) -> RunView {
    let now = MonotonicClock.now()
    return state.withLock { state in
      state.run.followed = focus?.lane
      // Before its first event nobody knows what time it is there.
      let isCoasting = state.hasBegun && !state.isOver && state.run.time > 0
      let silence = isCoasting ? min(max(0, (state.lostAt ?? now) &- state.heardAt), Self.longestCoast) : 0
      var view = state.presenter.view(
        state.run, header: state.header, focus: focus, at: state.run.time.saturatingAdd(silence / 1000), now: now)
      view.status = state.status
      view.isLost = state.isLost
      (view.replies, state.replies) = (state.replies, [])
      return view
    }
  }

  func perform(_ command: RunCommand) {
    if case .stop = command { return }
    state.withLock { state in
      guard state.replies.count < 8 else { return }
      state.replies.append(RunReply("this run is somebody else's: it can only be looked at", isFailure: true))
    }
  }

  func summary(title: String) -> String {
    state.withLock { state in
      var summary = ShownSummary(title: title, snapshot: state.run.snapshot(), evidence: state.run.evidence)
      summary.facts = state.hasBegun ? state.header.facts : ""
      summary.accepted = state.header.expectedStatuses
      summary.final = state.run.final
      if state.run.final == nil {
        summary.remark =
          state.isLost
          ? "the connection was lost before the run's last word; what follows counts until then"
          : "the run goes on; what follows counts until now"
      }
      return summary.text()
    }
  }
}

extension AttachFeed.State {
  /// Each connection tells the run from where it is: what was folded before is not added to it.
  fileprivate mutating func begin(_ header: RecordHeader) {
    if hasBegun { presenter.restart() }
    let followed = run.followed
    run = RecordState(isWhole: false, correctsLatency: header.correctsLatency)
    run.followed = followed
    (self.header, hasBegun, status, isLost, lostAt) = (header, true, nil, false, nil)
  }

  fileprivate mutating func end() {
    isOver = true
    isLost = false
    status = "the run is over"
  }
}
