internal import Synchronization
public import ToolSupport

/// Runs a plan: N loop threads, each owning its own libcurl handles, and this one door to them for everybody else.
///
/// Guarantees: `streams = ok + failed + cut_by_deadline` in every snapshot and in the result; a plan with a number of
/// streams starts exactly that many; every method may be called from any thread. A plan's grace period counts from its
/// duration's end or from `stop(.drain)`; streams of a plan without a duration are not cut, only its timeouts end them.
/// Threads share nothing but orders in, reports out, the stream numbers and the references.
public final class LoadEngine: LoadControl {
  private let plan: LoadPlan
  private let memory: any TargetMemorySource
  private let events: RecordHub?
  /// Loop threads: the plan's, or one a core, and never more than lanes.
  public let threadCount: Int
  private let maximumLanes: Int
  private let mailboxes: [Mailbox]
  private let boards: [LoopBoard]

  private struct State {
    var orders: LoopOrders
    var threads: [PlainThread] = []
    var context: RunContext?
    var startedAt: Double = 0
    var before = ProcessUse(cpuSeconds: 0, rssPeakBytes: 0)
    /// When the last thread had ended.
    var endedAt: Int64?
    var isInterrupted = false
  }
  private let state: Mutex<State>

  /// - Throws: `usage` when a target is no URL or there are more lanes than the descriptor limit (which is raised here)
  ///   allows, `couldNotRun` when the process has no descriptors left.
  public convenience init(plan: LoadPlan, memory: any TargetMemorySource) throws(ToolFailure) {
    try self.init(plan: plan, memory: memory, events: nil)
  }

  /// - Parameter events: takes the events of streams; its life begins with the run's.
  init(plan: LoadPlan, memory: any TargetMemorySource, events: RecordHub?) throws(ToolFailure) {
    guard CurlLibrary.isReady else { throw ToolFailure(.couldNotRun, "libcurl could not be initialised") }
    guard !plan.targets.isEmpty else { throw .usage("no target: give at least one URL") }
    for target in plan.targets { try CurlLibrary.check(target: target.url) }
    let concurrency = max(1, plan.concurrency)
    let threads = max(1, min(plan.threads ?? ProcessUse.cores, concurrency))
    let descriptors = DescriptorLimit.raise()
    try LaneLimit.check(concurrency: concurrency, descriptors: descriptors, threads: threads)

    let orders = LoopOrders(concurrency: concurrency)
    var mailboxes: [Mailbox] = []
    for _ in 0..<threads {
      guard let mailbox = Mailbox(orders: orders) else {
        throw ToolFailure(.couldNotRun, "no file descriptor is left for the load threads")
      }
      mailboxes.append(mailbox)
    }
    self.plan = plan
    self.memory = memory
    self.events = events
    self.mailboxes = mailboxes
    threadCount = threads
    maximumLanes = LaneLimit.maximum(descriptors: descriptors, threads: threads)
    boards = (0..<threads).map { _ in LoopBoard() }
    state = Mutex(State(orders: orders))
  }

  /// An engine that nobody waited for takes its threads with it.
  deinit {
    stop(.now)
    for thread in state.withLock({ $0.threads }) { thread.join() }
  }

  /// Starts the loop threads. Further calls do nothing.
  ///
  /// - Throws: `couldNotRun` when the system refuses a thread; none runs then.
  public func start() throws(ToolFailure) {
    let context = RunContext(plan: plan, threads: threadCount, start: MonotonicClock.now(), events: events)
    let isFirst = state.withLock { state in
      guard state.context == nil else { return false }
      state.context = context
      state.startedAt = MonotonicClock.wallSeconds()
      state.before = ProcessUse.now()
      return true
    }
    guard isFirst else { return }
    events?.begin(threads: threadCount, start: context.start, startedAt: state.withLock { $0.startedAt })
    for (index, mailbox) in mailboxes.enumerated() {
      let board = boards[index]
      let thread = PlainThread.start(name: "load-\(index)") {
        LoopThread.run(context: context, index: index, mailbox: mailbox, board: board)
      }
      guard let thread else {
        stop(.now)
        for started in state.withLock({ $0.threads }) { started.join() }
        throw ToolFailure(.couldNotRun, "the system refused load thread \(index + 1) of \(threadCount)")
      }
      state.withLock { $0.threads.append(thread) }
    }
  }

  /// Blocks until the run is over and every thread has ended.
  public func wait() -> RunResult {
    for thread in state.withLock({ $0.threads }) { thread.join() }
    let ended = boards.compactMap { $0.left()?.endedAt }.max() ?? MonotonicClock.now()
    let (startedAt, interrupted, start) = state.withLock { state in
      state.endedAt = ended
      return (state.startedAt, state.isInterrupted, state.context?.start ?? ended)
    }
    let last = snapshot()
    var distributions = Distributions()
    var uncorrected = Distributions()
    var evidence = EvidenceKeeper()
    for remains in boards.compactMap({ $0.left() }) {
      distributions.merge(remains.distributions)
      uncorrected.merge(remains.uncorrected)
      evidence.merge(remains.evidence)
    }
    var result = RunResult(
      plan: plan, startedAt: startedAt, durationSeconds: (ended &- start).secondsFromNanoseconds,
      interrupted: interrupted, counters: last.counters, distributions: distributions, evidence: evidence.all,
      memory: last.memory, client: last.client, notes: notes(last))
    if plan.arrivals.isOpen, plan.correctsLatency { result.uncorrected = uncorrected }
    return result
  }

  public func snapshot() -> Snapshot {
    let reports = boards.map { $0.latest() }
    let isFinished = boards.allSatisfy(\.isFinished)
    // A run that is over does not get longer.
    let ended = isFinished ? boards.compactMap { $0.left()?.endedAt }.max() : nil
    var snapshot = Snapshot()
    var instances = InstanceBook()
    for report in reports {
      snapshot.counters.add(report.counters)
      snapshot.active &+= report.active
      instances.merge(report.instances)
      if let distributions = report.distributions {
        snapshot.distributions = snapshot.distributions ?? Distributions()
        snapshot.distributions?.merge(distributions)
      }
    }
    snapshot.lanes = Self.interleaved(reports.map(\.lanes))
    let now = MonotonicClock.now()
    snapshot.memory = instances.completing(memory.current(), now: now)
    snapshot.notices = memory.notices()
    snapshot.maximumConcurrency = maximumLanes
    let use = ProcessUse.now()
    let isDraining = reports.allSatisfy(\.isDraining)
    state.withLock { state in
      let end = state.endedAt ?? ended ?? now
      let elapsed = state.context.map { end &- $0.start } ?? 0
      snapshot.elapsedSeconds = elapsed.secondsFromNanoseconds
      snapshot.client.busyNow = isFinished ? 0 : reports.map(\.busyNow).max() ?? 0
      snapshot.client.busyFraction = reports.map { $0.busyFraction(of: elapsed) }.max() ?? 0
      snapshot.concurrency = state.orders.concurrency
      snapshot.client.cpuSeconds = max(0, use.cpuSeconds - state.before.cpuSeconds)
      let stopping = isDraining || state.orders.stop != nil
      snapshot.phase = isFinished ? .finished : stopping ? .draining : state.orders.isPaused ? .paused : .running
    }
    snapshot.client.rssPeakBytes = use.rssPeakBytes
    snapshot.client.threads = threadCount
    return snapshot
  }

  public func setConcurrency(_ lanes: Int) {
    order { $0.concurrency = min(max(1, lanes), maximumLanes) }
  }

  public func setPaused(_ paused: Bool) { order { $0.isPaused = paused } }

  public func stop(_ how: LoadStop) {
    let isFinished = boards.allSatisfy(\.isFinished)
    let hasEnd = plan.streams != nil || plan.duration != nil
    state.withLock { state in
      if !isFinished, hasEnd, state.context != nil { state.isInterrupted = true }
    }
    order { orders in
      // A drain does not take back a stop.
      if orders.stop != .now { orders.stop = how }
    }
  }

  /// Changes the orders and posts them, in one order for every thread.
  private func order(_ change: (inout LoopOrders) -> Void) {
    state.withLock { state in
      change(&state.orders)
      for mailbox in mailboxes { mailbox.post(state.orders) }
    }
  }

  /// Lane N is slot N / threads of thread N % threads, so taking slot after slot is the order of lane numbers.
  private static func interleaved(_ lanes: [[LaneSnapshot]]) -> [LaneSnapshot] {
    guard lanes.count > 1 else { return lanes.first ?? [] }
    var all: [LaneSnapshot] = []
    all.reserveCapacity(lanes.reduce(0) { $0 + $1.count })
    for slot in 0..<(lanes.map(\.count).max() ?? 0) {
      for thread in lanes where slot < thread.count { all.append(thread[slot]) }
    }
    return all
  }

  private func notes(_ last: Snapshot) -> [String] {
    var notes = boards.compactMap { $0.left()?.fault }
    let ignored = CurlLibrary.ignoredProxyVariables()
    if !ignored.isEmpty {
      notes.append("\(ignored.joined(separator: ", ")) ignored: the targets were reached directly")
    }
    if last.elapsedSeconds >= 1, last.client.busyFraction >= 0.95 {
      let percent = Int((last.client.busyFraction * 100).rounded())
      notes.append("the tester was the limit: its busiest thread worked \(percent)% of the time")
    }
    if last.counters.repeatedRequests > 0 {
      notes.append(
        "requests sent again: \(HumanText.grouped(last.counters.repeatedRequests)); the target had ended a kept-alive"
          + " connection before it answered on it")
    }
    let context = state.withLock { $0.context }
    return notes + (context?.references.notes(targets: plan.urls) ?? [])
  }
}
