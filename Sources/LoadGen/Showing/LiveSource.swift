internal import Synchronization

/// Our own load on a dashboard, which steers it.
public final class LiveSource: RunSource {
  /// Times are renewed once a second: a pass over histograms takes milliseconds.
  private static let latencyInterval: Int64 = 1_000_000_000

  private let engine: LoadEngine
  private let feed: StreamFeed?
  private let desk: (any LiveCommands)?
  public let abilities: RunAbilities

  private struct State {
    var replies: [RunReply] = []
    var latency: RunLatency?
    /// Of the distributions that it was made of.
    var version = 0
    var latencyDue: Int64 = 0
    /// Statistics were reset, and no view has said so.
    var isRestart = false
    /// When they were last reset, in microseconds of the run.
    var resetAt: Int64?
  }
  private let state = Mutex(State())

  /// - Parameters:
  ///   - feed: of the run's hub; without it there are no events.
  ///   - desk: does what is not the engine's.
  init(_ engine: LoadEngine, feed: StreamFeed?, desk: (any LiveCommands)? = nil) {
    self.engine = engine
    self.feed = feed
    self.desk = desk
    var abilities: RunAbilities = [.load, .concurrency, .validation, .abortStream, .resetStatistics, .streams]
    if case .rate = engine.plan.arrivals { abilities.insert(.rate) }
    if let desk { abilities.formUnion(desk.abilities) }
    self.abilities = abilities
  }

  public func view(of focus: RunFocus?) -> RunView {
    var view = RunView(snapshot: engine.snapshot())
    view.detail = engine.detail(of: focus)
    view.targets = engine.plan.urls
    view.rate = engine.rate
    view.validation = engine.validation
    let now = MonotonicClock.now()
    state.withLock { state in
      renewLatency(&state, view.snapshot, now: now)
      view.latency = state.latency
      view.isRestart = state.isRestart
      state.isRestart = false
      view.replies = state.replies
      state.replies = []
      takeEvents(&view, resetAt: state.resetAt)
    }
    desk?.fill(&view)
    return view
  }

  public func perform(_ command: RunCommand) {
    switch command {
    case .setConcurrency(let lanes): engine.setConcurrency(lanes)
    case .setPaused(let paused): engine.setPaused(paused)
    case .stop(let how): engine.stop(how)
    case .setRate(let rate): reply(engine.setRate(rate))
    case .setValidation(let mode): reply(engine.setValidation(mode))
    case .abortStream(let lane, let stream): reply(engine.abortStream(lane: lane, stream: stream))
    case .resetStatistics: resetStatistics()
    default:
      guard !(desk?.perform(command) ?? false) else { return }
      reply(RunReply("not possible here: \(Self.name(command))", isFailure: true))
    }
  }

  private func reply(_ reply: RunReply) { state.withLock { $0.replies.append(reply) } }

  private func resetStatistics() {
    guard engine.resetStatistics() else {
      return reply(RunReply("nothing to reset: nothing is being counted now", isFailure: true))
    }
    _ = feed?.take()
    let snapshot = engine.snapshot()
    state.withLock { state in
      state.isRestart = true
      state.resetAt = snapshot.countedFromSeconds.microseconds
      state.latency = nil
      state.latencyDue = 0
      state.replies.append(RunReply("statistics are counted from now on"))
    }
  }

  private func renewLatency(_ state: inout State, _ snapshot: Snapshot, now: Int64) {
    let version = snapshot.distributionsVersion
    guard let distributions = snapshot.distributions, version != state.version,
      now >= state.latencyDue || snapshot.phase == .finished
    else { return }
    state.latency = RunLatency(distributions)
    state.version = version
    state.latencyDue = now &+ Self.latencyInterval
  }

  /// What ended before a reset may still have been on its way, and counts no more.
  private func takeEvents(_ view: inout RunView, resetAt: Int64?) {
    guard let contents = feed?.take() else { return }
    view.missedEvents = contents.missed
    guard let resetAt else { return view.events = contents.events }
    view.events = contents.events.filter { event in
      switch event {
      case .end, .evidence, .progress: event.time >= resetAt
      default: true
      }
    }
  }

  private static func name(_ command: RunCommand) -> String {
    switch command {
    case .setFault: "faults belong to the lab (--embedded)"
    case .setRelay: "the relay is switched in the lab (--embedded)"
    case .saveReport: "a report"
    case .setRecord: "a record"
    case .playback: "this run happens now, and is no record"
    default: "this"
    }
  }
}
