internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the thread that asks for stats and the screen share: what the target last told, and what came of it.
final class WatchedTarget: Sendable {
  fileprivate struct State {
    var last: TargetStats?
    var toldAt: Int64 = 0
    var memory = TargetMemory()
    var streams = WatchedStreams()
    var failure: String?
    /// The last that was told of the stream in focus: its row may be another's meanwhile.
    var focused: StreamDetail?
    var notices: [String] = []
    var isRestart = false
    var isStopped = false
    var replies: [RunReply] = []
    /// For the next view; the oldest go when nobody looks.
    var events: [RecordEvent] = []
  }

  fileprivate static let noticeLimit = 32
  fileprivate static let eventLimit = 200

  private let url: String
  private let stopped: WakeDescriptor
  private let clock: @Sendable () -> Int64
  private let startedAt: Int64
  private let state = Mutex(State())

  /// - Parameter clock: nanoseconds.
  init(url: String, stopped: WakeDescriptor, clock: @escaping @Sendable () -> Int64 = { MonotonicClock.now() }) {
    self.url = OptionText.shown(url)
    self.stopped = stopped
    self.clock = clock
    startedAt = clock()
  }

  deinit { stopped.closeEnds() }

  func stop() {
    state.withLock { $0.isStopped = true }
    stopped.ring()
  }

  /// False when it is stopped.
  func rest(milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: stopped.readEnd, events: Int16(POLLIN), revents: 0)
    while poll(&polled, 1, milliseconds) < 0, errno == EINTR {}
    return state.withLock { !$0.isStopped }
  }

  func take(_ stats: TargetStats) {
    let now = clock()
    let at = (now &- startedAt).secondsFromNanoseconds
    state.withLock { state in
      var elapsed = state.last == nil ? 0 : (now &- state.toldAt).secondsFromNanoseconds
      if let last = state.last, stats.isRestart(after: last) {
        state.restart(at: at)
        elapsed = 0
      } else if let last = state.last {
        state.noteFailures(from: last, to: stats, at: at)
      }
      if state.failure != nil { state.note("the target tells its stats again", at: at) }
      if !stats.hasMemory { (state.memory.rssBytes, state.memory.source) = (nil, nil) }
      state.memory.unavailableReason = stats.hasMemory ? nil : "no environment runs"
      stats.update(&state.memory, source: stats.instance.map { "gzproxy \(OptionText.shown($0))" } ?? "gzlambda")
      state.streams.take(stats.streams ?? [], elapsed: elapsed)
      (state.last, state.toldAt, state.failure) = (stats, now, nil)
    }
  }

  func fail(_ reason: String) {
    let at = (clock() &- startedAt).secondsFromNanoseconds
    state.withLock { state in
      if state.failure == nil { state.note("no stats any more: \(reason)", at: at) }
      state.failure = reason
      state.streams.fallSilent()
    }
  }

  func view(of focus: RunFocus?) -> RunView {
    let now = clock()
    return state.withLock { state in
      var view = RunView(snapshot: state.snapshot(now: now, startedAt: startedAt))
      view.isRestart = state.isRestart
      state.isRestart = false
      view.detail = focus.flatMap { state.detail($0) }
      if let failure = state.failure {
        let silence = HumanText.duration((now &- state.toldAt).secondsFromNanoseconds.rounded())
        view.status = "no stats for \(silence) (\(failure)); asking again every second"
      }
      (view.replies, state.replies) = (state.replies, [])
      (view.events, state.events) = (state.events, [])
      return view
    }
  }

  func perform(_ command: RunCommand) {
    if case .stop = command { return }
    state.withLock { state in
      guard state.replies.count < 8 else { return }
      state.replies.append(RunReply("the load is somebody else's: it can only be looked at", isFailure: true))
    }
  }
}

extension WatchedTarget.State {
  fileprivate mutating func note(_ text: String, at seconds: Double) {
    if events.count >= WatchedTarget.eventLimit { events.removeFirst() }
    events.append(.notice(at: seconds.microseconds, text))
  }

  /// One line for each kind that was counted since the last telling.
  fileprivate mutating func noteFailures(from last: TargetStats, to stats: TargetStats, at seconds: Double) {
    let before = Dictionary(last.failuresByKind.map { ($0.name, $0.count) }, uniquingKeysWith: { first, _ in first })
    for failure in stats.failuresByKind {
      let more = failure.count &- (before[failure.name] ?? 0)
      if more > 0 { note("\(HumanText.grouped(more)) failed: \(failure.name)", at: seconds) }
    }
  }

  fileprivate mutating func restart(at seconds: Double) {
    isRestart = true
    memory = TargetMemory()
    streams.forget()
    if notices.count >= WatchedTarget.noticeLimit { notices.removeFirst() }
    notices.append("the target was started anew \(HumanText.duration(seconds.rounded())) after watching began")
    note("the target was started anew: it counts from 0", at: seconds)
  }

  fileprivate func snapshot(now: Int64, startedAt: Int64) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.elapsedSeconds = (now &- startedAt).secondsFromNanoseconds
    snapshot.lanes = streams.lanes
    snapshot.memory = memory
    snapshot.memory.ageSeconds = (now &- toldAt).secondsFromNanoseconds
    snapshot.notices = notices
    var watch = WatchFacts(toldAt: (toldAt &- startedAt).secondsFromNanoseconds)
    watch.isAnswering = failure == nil
    last?.fill(&snapshot, &watch)
    snapshot.watch = watch
    return snapshot
  }

  fileprivate mutating func detail(_ focus: RunFocus) -> StreamDetail? {
    let lane = streams.lanes.indices.contains(focus.lane) ? streams.lanes[focus.lane] : nil
    let wanted = focus.stream ?? lane?.stream
    if let lane, lane.stream == wanted {
      focused = detail(of: lane)
    } else if focused?.record.stream == wanted {
      focused?.isRunning = false
      focused?.watched?.bytesPerSecond = nil
      focused?.watched?.isTold = false
      focused?.watched?.failed = last?.failed ?? 0
    } else {
      focused = nil
    }
    return focused
  }

  private func detail(of lane: LaneSnapshot) -> StreamDetail {
    var record = StreamRecord()
    (record.stream, record.lane, record.requestID) = (lane.stream, lane.lane, lane.requestID)
    (record.bytesWire, record.endedAt) = (lane.bytes, lane.elapsedSeconds.microseconds)
    var detail = StreamDetail(record: record, isRunning: lane.state != .ended)
    var watched = WatchedStream()
    watched.isTold = lane.state != .idle && lane.state != .ended
    if watched.isTold {
      watched.bytesPerSecond = lane.bytesPerSecond > 0 ? lane.bytesPerSecond : nil
      watched.heldBytes = lane.requestID.flatMap { memory.bufferedByRequest[$0] }
    }
    watched.failed = last?.failed ?? 0
    detail.watched = watched
    return detail
  }
}
