internal import Synchronization
public import ToolSupport

/// Runs a plan: N loop threads, each owning its own libcurl handles, and this one door to them for everybody else.
///
/// Guarantees: `streams = ok + failed + cut_by_deadline` in every snapshot and in the result; a plan with a number of
/// streams starts exactly that many, unless nothing ever answers (see `Backoff`); every method may be called from any thread. A plan's grace period counts from its
/// duration's end or from `stop(.drain)`; streams of a plan without a duration are not cut, only its timeouts end them.
/// In an open model `planned = begun + dropped` in the result. A pause stops the plan: what it plans for later comes later by the
/// pause's length, but the run's end stays where it is. Threads share nothing but orders in, reports out, the stream numbers and
/// the references.
public final class LoadEngine: LoadControl {
  let plan: LoadPlan
  let requests: RequestSet
  private let memory: any TargetMemorySource
  let events: RecordHub?
  /// Loop threads: the plan's, or one a core, and never more than lanes.
  public let threadCount: Int
  private let maximumLanes: Int
  let mailboxes: [Mailbox]
  let boards: [LoopBoard]

  struct State {
    var orders: LoopOrders
    var threads: [PlainThread] = []
    var context: RunContext?
    /// Of the plan's first moment, in seconds since 1970.
    var startedAt: Double = 0
    var pausedAt: Int64?
    var before = ProcessUse(cpuSeconds: 0, rssPeakBytes: 0)
    /// When the last thread had ended.
    var endedAt: Int64?
    var isInterrupted = false
    var aborted: Abort?
    /// When statistics were last reset.
    var resetAt: Int64?
    /// What the process had used then.
    var useAtReset: ProcessUse?
    var steering = SteeringNotes()

    /// Since the plan's first moment, in nanoseconds.
    func elapsed(_ now: Int64) -> Int64 { max(0, context.map { now &- $0.start } ?? 0) }

    /// A moment on the plan's own clock, which pauses stop.
    func planned(_ now: Int64) -> Int64 { now &- orders.shift &- pauseTime(until: now) }

    /// What the present pause has taken from the plan.
    func pauseTime(until now: Int64) -> Int64 {
      guard let pausedAt, let context else { return 0 }
      return max(0, now &- max(pausedAt, context.start))
    }
  }
  let state: Mutex<State>

  let merged = Mutex(MergedDistributions())

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
    requests = try RequestSet(plan)
    let concurrency = plan.ownConcurrency
    if let shard = plan.shard, concurrency == 0 || plan.ownStreams == 0 {
      throw .usage("--shard \(shard): the plan has fewer lanes or streams than shards, and this one gets none")
    }
    let threads = max(1, min(plan.threads ?? ProcessUse.cores, concurrency))
    let descriptors = DescriptorLimit.raise()
    let sockets = plan.socketsPerLane
    try LaneLimit.check(concurrency: concurrency, descriptors: descriptors, threads: threads, sockets: sockets)

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
    maximumLanes = LaneLimit.maximum(descriptors: descriptors, threads: threads, sockets: sockets)
    boards = (0..<threads).map { _ in LoopBoard() }
    state = Mutex(State(orders: orders))
  }

  /// An engine that nobody waited for takes its threads with it.
  deinit {
    stop(.now)
    for thread in state.withLock({ $0.threads }) { thread.join() }
  }

  /// Starts the loop threads; they begin at the plan's `startAt`. Further calls do nothing.
  ///
  /// - Throws: `couldNotRun` when the system refuses a thread; none runs then.
  public func start() throws(ToolFailure) {
    let now = MonotonicClock.now()
    let wall = MonotonicClock.wallSeconds()
    let wait = plan.startAt.map { Int64(exactly: (($0 - wall) * 1e9).rounded()) ?? 0 } ?? 0
    let context = RunContext(
      plan: plan, requests: requests, threads: threadCount, start: now.saturatingAdd(wait), events: events)
    let isFirst = state.withLock { state in
      guard state.context == nil else { return false }
      state.context = context
      state.startedAt = wall + (context.start &- now).secondsFromNanoseconds
      state.before = ProcessUse.now()
      return true
    }
    guard isFirst else { return }
    // Targets may have come while the context was made.
    context.references.grow(to: requests.latest().table.targets.count)
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
    let (startedAt, interrupted, start, epoch) = state.withLock { state in
      state.endedAt = ended
      let start = state.context?.start ?? ended
      let counted = state.resetAt ?? start
      // A run that was ended before its first moment did not begin in the future.
      return (
        min(state.startedAt + (counted &- start).secondsFromNanoseconds, MonotonicClock.wallSeconds()),
        state.isInterrupted, counted, state.orders.epoch
      )
    }
    let last = snapshot()
    var distributions = Distributions()
    var uncorrected = Distributions()
    var startDelays = StartDelays()
    var evidence = EvidenceKeeper()
    for remains in boards.compactMap({ $0.left() }) where remains.epoch == epoch {
      distributions.merge(remains.distributions)
      uncorrected.merge(remains.uncorrected)
      startDelays.merge(remains.startDelays)
      evidence.merge(remains.evidence)
    }
    var result = RunResult(
      plan: plan, startedAt: startedAt, durationSeconds: max(0, ended &- start).secondsFromNanoseconds,
      interrupted: interrupted, counters: last.counters, distributions: distributions, evidence: evidence.all,
      memory: last.memory, client: last.client, notes: notes(last))
    if plan.arrivals.isOpen {
      result.startDelays = startDelays
      if plan.correctsLatency { result.uncorrected = uncorrected }
    }
    result.aborted = state.withLock { $0.aborted }
    result.countedFromSeconds = last.countedFromSeconds
    result.answersBefore = answersBefore()
    return result
  }

  /// What `wait` would return if the run ended now, from what the threads said last: counts at most half a second old, times and
  /// delays about a second, and none where the plan does not publish them. Never `interrupted`.
  public func partialResult() -> RunResult {
    let last = snapshot()
    let reports = countedReports().reports
    var uncorrected = Distributions()
    var startDelays = StartDelays()
    var evidence = EvidenceKeeper()
    for report in reports {
      uncorrected.merge(report.uncorrected)
      startDelays.merge(report.startDelays)
      evidence.merge(report.evidence)
    }
    let (startedAt, aborted) = state.withLock { state in
      (min(state.startedAt + last.countedFromSeconds, MonotonicClock.wallSeconds()), state.aborted)
    }
    var result = RunResult(
      plan: plan, startedAt: startedAt, durationSeconds: last.countedSeconds, interrupted: false,
      counters: last.counters, distributions: last.distributions ?? Distributions(), evidence: evidence.all,
      memory: last.memory, client: last.client, notes: notes(last))
    if plan.arrivals.isOpen, plan.publishesDistributions {
      result.startDelays = startDelays
      if plan.correctsLatency { result.uncorrected = uncorrected }
    }
    result.aborted = aborted
    result.countedFromSeconds = last.countedFromSeconds
    result.answersBefore = answersBefore()
    if last.phase != .finished {
      let seconds = HumanText.fixed(last.elapsedSeconds, 1)
      result.notes.append("the run was still going on: a report of its first \(seconds) s")
    }
    return result
  }

  public func snapshot() -> Snapshot {
    let (reports, epoch, resetAt) = countedReports()
    let isFinished = boards.allSatisfy(\.isFinished)
    // A run that is over does not get longer.
    let ended = isFinished ? boards.compactMap { $0.left()?.endedAt }.max() : nil
    var snapshot = Snapshot()
    var instances = InstanceBook()
    for report in reports {
      snapshot.counters.add(report.counters)
      snapshot.active &+= report.active
      instances.merge(report.instances)
    }
    (snapshot.distributions, snapshot.distributionsVersion) = merged.withLock { ($0.updated(reports), $0.version) }
    if isFinished {
      snapshot.counters.dropped = dropped(begun: reports.reduce(snapshot.counters.streams) { $0 &+ $1.forgotten })
    }
    snapshot.lanes = Self.interleaved(reports.map(\.lanes))
    let now = MonotonicClock.now()
    snapshot.memory = instances.completing(memory.current(), now: now)
    snapshot.notices = memory.notices()
    snapshot.maximumConcurrency = maximumLanes
    let use = ProcessUse.now()
    let isDraining = reports.allSatisfy(\.isDraining)
    state.withLock { state in
      if let aborted = state.aborted { snapshot.notices.append(aborted.note) }
      let end = state.endedAt ?? ended ?? now
      let elapsed = state.elapsed(end)
      snapshot.elapsedSeconds = elapsed.secondsFromNanoseconds
      let counted = resetAt.map { state.elapsed(min($0, end)) } ?? 0
      snapshot.countedFromSeconds = counted.secondsFromNanoseconds
      snapshot.resets = epoch
      snapshot.client.busyNow = isFinished ? 0 : reports.map(\.busyNow).max() ?? 0
      snapshot.client.busyFraction = reports.map { $0.busyFraction(of: elapsed &- counted) }.max() ?? 0
      snapshot.concurrency = state.context?.lanes(state.orders, now: now) ?? state.orders.concurrency
      let before = state.useAtReset ?? state.context?.useAtStart.withLock { $0 } ?? state.before
      snapshot.client.cpuSeconds = max(0, use.cpuSeconds - before.cpuSeconds)
      let stopping = isDraining || state.orders.stop != nil
      snapshot.phase = isFinished ? .finished : stopping ? .draining : state.orders.isPaused ? .paused : .running
      if snapshot.phase == .running, let context = state.context, now < context.start {
        snapshot.phase = now < context.opening ? .waiting : .warmingUp
        let next = snapshot.phase == .waiting ? context.opening : context.start
        snapshot.secondsToStart = (next &- now).secondsFromNanoseconds
      }
      snapshot.queued = stopping || isFinished ? 0 : Self.queued(state, now: now)
    }
    snapshot.client.rssPeakBytes = use.rssPeakBytes
    snapshot.client.threads = threadCount
    return snapshot
  }

  /// In an open model each thread keeps a lane: an arrival that one has taken and may not begin would be nobody's.
  public func setConcurrency(_ lanes: Int) {
    let least = plan.arrivals.isOpen ? threadCount : 1
    let wanted = min(max(least, lanes), maximumLanes)
    state.withLock { state in
      guard state.context != nil, wanted != state.orders.concurrency else { return }
      state.steering.changed(concurrency: wanted, at: state.elapsed(MonotonicClock.now()).secondsFromNanoseconds)
    }
    order { $0.concurrency = wanted }
  }

  public func setPaused(_ paused: Bool) {
    state.withLock { state in
      let now = MonotonicClock.now()
      if !paused { state.orders.shift &+= state.pauseTime(until: now) }
      state.pausedAt = paused ? state.pausedAt ?? now : nil
      state.steering.paused(paused, at: state.elapsed(now).secondsFromNanoseconds)
    }
    order { $0.isPaused = paused }
  }

  public func stop(_ how: LoadStop) {
    let isFinished = boards.allSatisfy(\.isFinished)
    let hasEnd = plan.streams != nil || plan.runDuration != nil
    state.withLock { state in
      if !isFinished, hasEnd, state.context != nil { state.isInterrupted = true }
    }
    order { orders in
      // A drain does not take back a stop.
      if orders.stop != .now { orders.stop = how }
    }
  }

  /// Lets the run end early because of a threshold: no new streams, and running ones have the grace period. Unlike `stop`,
  /// nobody interrupted it. Only the first reason counts.
  func abort(_ reason: Abort) {
    guard !boards.allSatisfy(\.isFinished) else { return }
    let isFirst = state.withLock { state in
      guard state.aborted == nil, state.orders.stop == nil else { return false }
      state.aborted = reason
      return true
    }
    if isFirst { order { $0.stop = $0.stop ?? .drain } }
  }

  /// Of streams that statistics have forgotten.
  private func answersBefore() -> Int { countedReports().reports.reduce(0) { $0 &+ $1.forgottenAnswers } }

  /// Changes the orders and posts them, in one order for every thread.
  func order(_ change: (inout LoopOrders) -> Void) {
    state.withLock { state in
      change(&state.orders)
      for mailbox in mailboxes { mailbox.post(state.orders) }
    }
  }

  /// What every thread said last, without what it counted before the last reset.
  private func countedReports() -> (reports: [LoopReport], epoch: Int, resetAt: Int64?) {
    while true {
      let (epoch, resetAt) = state.withLock { ($0.orders.epoch, $0.resetAt) }
      let reports = boards.map { $0.latest() }
      // One that has obeyed a later reset already: asked again, that one is known here too.
      if reports.allSatisfy({ $0.epoch <= epoch }) { return (reports.map { $0.counted(in: epoch) }, epoch, resetAt) }
    }
  }

  /// Arrivals that are due and have no lane.
  private static func queued(_ state: borrowing State, now: Int64) -> Int {
    guard let allocator = state.context?.allocator, allocator.isOpen else { return 0 }
    return max(0, allocator.planned(before: state.planned(now)) &- allocator.begun)
  }

  /// Planned arrivals that never began, of a run that is over. When its plan was not done, it ended where its last thread was told
  /// to start no more.
  private func dropped(begun: Int) -> Int {
    guard let context = state.withLock({ $0.context }), context.allocator.isOpen else { return 0 }
    let remains = boards.compactMap { $0.left() }
    guard let end = remains.compactMap(\.drainedAt).max() else { return 0 }
    let shift = state.withLock { $0.orders.shift &+ $0.pauseTime(until: end) }
    return max(0, context.allocator.planned(before: end &- shift) &- begun)
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
    notes += state.withLock { $0.steering.lines(until: last.elapsedSeconds) }
    let forgotten = boards.reduce(0) { $0 &+ $1.latest().forgotten }
    if let planned = plan.ownStreams, boards.contains(where: { $0.left()?.hasGivenUp ?? false }) {
      notes.append(
        "gave up: nothing answered; \(HumanText.grouped(max(0, planned &- last.counters.streams &- forgotten))) of "
          + "\(HumanText.grouped(planned)) streams were not begun")
    }
    if plan.warmUp != nil {
      let failed = boards.reduce(0) { $0 &+ $1.latest().warmUpFailed }
      notes.append(
        "warm-up: \(HumanText.grouped(last.counters.warmUpStreams)) streams, in no figure; \(HumanText.grouped(failed)) failed"
      )
    }
    if let aborted = state.withLock({ $0.aborted }) { notes.append(aborted.note) }
    let ignored = CurlLibrary.ignoredProxyVariables()
    if !ignored.isEmpty {
      let way = plan.network.proxy == nil ? "the targets were reached directly" : "-x says which proxy to take"
      notes.append("\(ignored.joined(separator: ", ")) ignored: \(way)")
    }
    if last.elapsedSeconds >= 1, last.client.busyFraction >= 0.95 {
      let percent = Int((last.client.busyFraction * 100).rounded())
      notes.append("the tester was the limit: its busiest thread worked \(percent)% of the time")
    }
    if let note = BandwidthCap.note(streams: last.counters.bandwidthCapped) { notes.append(note) }
    if last.counters.repeatedRequests > 0 {
      notes.append(
        "requests sent again: \(HumanText.grouped(last.counters.repeatedRequests)); the target had ended a kept-alive"
          + " connection before it answered on it")
    }
    let context = state.withLock { $0.context }
    return notes + (context?.references.notes(targets: targets.map(\.url)) ?? [])
  }
}
