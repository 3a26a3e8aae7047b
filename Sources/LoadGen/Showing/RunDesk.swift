internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Four controls of a running load: what goes wrong in its lab, how the lab's proxy moves bodies, a report of it so far, its record on
/// and off.
///
/// Guarantees: `perform` and `fill` cost microseconds; what takes longer (children, files) is done on a thread of its own, at most
/// one of a kind at a time, and told in a later view's replies. What a person made go wrong is in the run's notes.
public final class RunDesk: LiveCommands, Sendable {
  /// Replies that wait for a view; older ones are lost first.
  private static let replyLimit = 32

  /// Of whoever leaves, with work still going on: nanoseconds.
  private static let patience: Int64 = 2_000_000_000

  /// What is done on a thread of its own.
  enum Job: String, CaseIterable, Sendable {
    case fault
    case relay
    case report
    case record
  }

  private struct State {
    var replies: [RunReply] = []
    var running: Set<Job> = []
    var history = FaultHistory()
    var relays = RelayHistory()
    /// Of the targets, as of a version of them.
    var urls: [String] = []
    var version = -1
  }

  let engine: LoadEngine
  let plan: LoadPlan
  let lab: Lab?
  let late: LateOutputs?
  let hgrmMetric: Distributions.Metric
  /// Takes the snapshots of the run's monitor.
  let series = RunSeries()
  private let hub: RecordHub?
  private let state = Mutex(State())

  /// - Parameters:
  ///   - hub: of the run; nil when nobody wants its events.
  ///   - late: among the hub's consumers; without it there are no records and no rows of streams.
  ///   - hgrmMetric: what a percentile spectrum is of.
  init(
    engine: LoadEngine, plan: LoadPlan, lab: Lab?, hub: RecordHub?, late: LateOutputs?,
    hgrmMetric: Distributions.Metric = .ttlb
  ) {
    self.engine = engine
    self.plan = plan
    self.lab = lab
    self.hub = hub
    self.late = late
    self.hgrmMetric = hgrmMetric
  }

  /// What it adds to those of the source that it belongs to.
  public var abilities: RunAbilities {
    var all: RunAbilities = .report
    if let lab {
      all.insert(.faults)
      if lab.hasRelay { all.insert(.relay) }
    }
    if late != nil { all.insert(.record) }
    return all
  }

  /// False for a command that is somebody else's.
  public func perform(_ command: RunCommand) -> Bool {
    switch command {
    case .setFault(let fault): setFault(fault)
    case .setRelay(let relay): setRelay(relay)
    case .saveReport(let format, let path): saveReport(format, path)
    case .setRecord(let path): setRecord(path)
    default: return false
    }
    return true
  }

  /// Adds what it has to say and what it knows: replies, targets, fault, record.
  public func fill(_ view: inout RunView) {
    let (version, hasRelay) = (engine.requests.version, lab?.hasRelay == true)
    state.withLock { state in
      view.replies += state.replies
      state.replies = []
      view.fault = state.history.now
      view.relay = hasRelay ? state.relays.now : nil
      if state.version != version {
        state.urls = engine.targets.map(\.url)
        state.version = version
      }
      view.targets = state.urls
    }
    view.replies += late?.record.replies() ?? []
    view.record = late.flatMap { $0.record.path ?? $0.runRecord }
  }

  /// What was made go wrong and what was switched, and when: for the run's report.
  func notes() -> [String] { state.withLock { $0.history.notes + $0.relays.notes } }

  var fault: LabFault? { state.withLock { $0.history.now } }
  var relay: LabRelay { state.withLock { $0.relays.now } }

  // MARK: For what it does

  func tell(_ text: String) { add(RunReply(text)) }

  func tell(failure: String) { add(RunReply(failure, isFailure: true)) }

  private func add(_ reply: RunReply) {
    state.withLock { state in
      if state.replies.count >= Self.replyLimit { state.replies.removeFirst() }
      state.replies.append(reply)
    }
  }

  /// Runs `work` on a thread of its own, unless one of its kind is running: what it throws is told.
  func start(_ job: Job, _ work: @escaping @Sendable () throws(ToolFailure) -> Void) {
    guard state.withLock({ $0.running.insert(job).inserted }) else {
      return tell(failure: "\(job.rawValue): the one before is still being worked on; try again in a moment")
    }
    let isStarted = PlainThread.detach(name: "desk-\(job.rawValue)") { [self] in
      do throws(ToolFailure) { try work() } catch { tell(failure: error.message) }
      ended(job)
    }
    guard !isStarted else { return }
    ended(job)
    tell(failure: "\(job.rawValue): the system refused a thread for it; try again")
  }

  /// Waits for what was begun just before the end, for at most `patience`.
  ///
  /// - Returns: what has failed since the last view, a line each.
  func settle() -> [String] {
    let deadline = MonotonicClock.now() &+ Self.patience
    // Once a run, and nearly always not at all: no bell is worth it.
    while state.withLock({ !$0.running.isEmpty }), MonotonicClock.now() < deadline { _ = poll(nil, 0, 5) }
    return state.withLock { $0.replies.filter(\.isFailure).map(\.text) }
  }

  private func ended(_ job: Job) { _ = state.withLock { $0.running.remove(job) } }

  /// From now on this goes wrong. For the report, for records and for whoever reads events.
  func note(_ fault: LabFault?) {
    let seconds = engine.snapshot().elapsedSeconds
    let lines = state.withLock { $0.history.set(fault, at: seconds) }
    for line in lines { hub?.post(.notice(at: seconds.microseconds, line)) }
  }

  /// The same of how bodies are relayed.
  func note(_ relay: LabRelay) {
    let seconds = engine.snapshot().elapsedSeconds
    let line = state.withLock { $0.relays.set(relay, at: seconds) }
    hub?.post(.notice(at: seconds.microseconds, line))
  }
}
