internal import Synchronization
internal import ToolSupport

/// One thread of a run: an event loop around libcurl's multi handles (one up to `CurlMulti.lanes` lanes), and the lanes
/// that live on it.
///
/// Guarantees: everything of libcurl is made, used and freed here; a lane's next stream begins in the loop turn in
/// which the last one ended; a stream is counted exactly once. Relies on nobody: orders come in through the mailbox,
/// values go out over the board. Costs one clock reading and one wait a turn, and a walk over one number a lane every `tick`.
///
///     obey orders → admit lanes → wait for sockets, timers or bell → let libcurl act → count what ended → tick
final class LoopThread {
  /// How often stalls and time limits are looked for: the exactness of both.
  static let tick: Int64 = 50_000_000
  /// A tick that comes so much later was not late by its own work: the process was stopped, or got no processor.
  private static let lateTick: Int64 = 4 * tick
  /// Enough for 65,536 sockets.
  private static let longestReading = 256
  /// How often a report is pinned up.
  static let publishInterval: Int64 = 100_000_000
  /// With thousands of lanes a report takes milliseconds, in which no stream begins: reports then come less often, so that they
  /// are a fiftieth of the thread's time, but not less often than this.
  static let longestPublishInterval: Int64 = 500_000_000
  static let distributionsInterval: Int64 = 1_000_000_000
  /// Streams of a multi handle that may be under way before its first name is resolved: libcurl's resolver takes a
  /// thread for each.
  static let firstLookups = 32
  /// How often streams that ended at once may be followed by new ones before the sockets are looked at again.
  private static let rounds = 4

  let context: RunContext
  let index: Int
  var requests: RequestReader
  let options: TransferOptions
  let accountant: Accountant
  private let mailbox: Mailbox
  let board: LoopBoard
  private let poller: EventPoller
  /// The mailbox's mark in the poller.
  private static let bell: UInt32 = .max

  /// In the order of the lanes they serve; made with them.
  private(set) var multis: [CurlMulti] = []
  var lanes: [Lane] = []
  /// By slot, when the sweep has to look at a lane; `.max` without a stream.
  var sweepDue: [Int64] = []
  var active = 0
  var counters = Counters()
  var distributions = Distributions()
  /// Of an open model whose times count from the plan: the same times from the real start.
  var uncorrected = Distributions()
  var startDelays = StartDelays()
  var warmUpFailed = 0
  var evidence = EvidenceKeeper()
  var instances = InstanceBook()
  var fault: String?
  /// Nil when nobody wants the events of streams.
  let tap: RecordTap?
  let scribe: StreamScribe
  /// Nil when nobody looks at single streams.
  var album: StreamAlbum?
  /// Streams that ended before statistics were last reset.
  var forgotten = 0
  var forgottenAnswers = 0
  /// Serial number of the last stream that a person had cut.
  var abortsDone = 0
  /// It ended because nothing ever answered.
  var hasGivenUp = false

  private(set) var orders: LoopOrders
  private var isRung = true
  /// Lanes may be able to start that could not before.
  var wantsAdmission = true
  /// Multi handles that were known to have resolved a name.
  private var resolved = 0
  private var isDraining = false
  private var drainedAt: Int64?
  /// When running streams are cut; only while draining.
  private var cutAt: Int64 = .max
  /// When lanes may be able to start that could not before: the first moment of the run, then the next arrival. Kept to the
  /// microsecond.
  var alarm: Int64 = .max
  /// Of an open model: the arrival that this thread waits for, with a free lane at hand.
  var reserved: StreamAllocator.Ticket?
  /// Of an open model: lanes without a stream, the one that ended last at the end: its connection is the warmest.
  var idleSlots: [Int] = []
  /// Lanes that a ramp allowed at the last look.
  private var rampLanes = 0
  /// When the first waiting lane goes on.
  private var backoffDue: Int64 = .max
  private var nextTick: Int64 = 0
  /// After a tick that came late: turns that may still pass before a sweep, unless the sockets are all read before.
  private var unreadTurns = 0
  /// They were, so that the next tick sweeps, late or not: a thread that is always late sweeps too.
  private var hasRead = false
  var nextPublish: Int64 = 0
  var publishedDistributions: Distributions?
  var publishedUncorrected = Distributions()
  var publishedStartDelays = StartDelays()
  var distributionsVersion = 0
  var nextDistributions: Int64 = 0
  /// What the thread did is counted from here: the plan's first moment.
  var began: Int64
  var idle: Int64 = 0
  var busy = RateWindow(now: MonotonicClock.now())

  /// Runs the thread's whole life on the calling thread.
  static func run(context: RunContext, index: Int, mailbox: Mailbox, board: LoopBoard) {
    if let loop = LoopThread(context: context, index: index, mailbox: mailbox, board: board) {
      loop.run()
    } else {
      var remains = LoopRemains()
      remains.endedAt = MonotonicClock.now()
      remains.fault = "a loop thread could not start: the system has no descriptor or memory left for it"
      board.finish(remains)
    }
    mailbox.close()
  }

  private init?(context: RunContext, index: Int, mailbox: Mailbox, board: LoopBoard) {
    self.context = context
    self.index = index
    self.mailbox = mailbox
    self.board = board
    requests = RequestReader(context.requests)
    options = TransferOptions(plan: context.plan)
    accountant = Accountant(expectations: context.plan.expectations)
    orders = mailbox.take()
    began = MonotonicClock.now()
    let scribe = StreamScribe(start: context.start)
    self.scribe = scribe
    tap = context.events?.outbox(thread: index).map {
      RecordTap(outbox: $0, plan: context.plan, scribe: scribe)
    }
    if context.plan.publishesLanes { album = StreamAlbum() }
    guard let poller = EventPoller(hasAlarm: context.allocator.isOpen) else { return nil }
    self.poller = poller
    if context.opening > began { alarm = context.opening }
    poller.watch(mailbox.descriptor, for: .read, tag: Self.bell)
  }

  private func run() {
    while true {
      if isRung { obey() }
      keepTime()
      if wantsAdmission { admit() }
      if isOver { break }
      turn()
    }
    // The last word has all of it.
    nextDistributions = 0
    publish(MonotonicClock.now())
    closeAlbum()
    lanes.removeAll()
    multis.removeAll()
    var remains = LoopRemains()
    remains.epoch = orders.epoch
    remains.distributions = distributions
    remains.uncorrected = uncorrected
    remains.startDelays = startDelays
    remains.warmUpFailed = warmUpFailed
    remains.hasGivenUp = hasGivenUp
    remains.drainedAt = drainedAt ?? (fault == nil ? nil : MonotonicClock.now())
    remains.evidence = evidence
    remains.album = album
    remains.endedAt = MonotonicClock.now()
    remains.fault = fault
    board.finish(remains)
  }

  /// Whether a stream may start at all, now or after a pause.
  var mayEverStart: Bool { mayGoOn && (reserved != nil || !context.allocator.isExhausted) }

  /// Nothing has ended the thread's work.
  var mayGoOn: Bool { !isDraining && fault == nil }

  private var isOver: Bool { active == 0 && !mayEverStart }

  /// Whether this lane may start a stream now.
  func mayStart(slot: Int, now: Int64) -> Bool {
    mayEverStart && isTime(now) && slot < laneCount(now)
  }

  /// Whether any lane may start a stream now.
  func isTime(_ now: Int64) -> Bool { !orders.isPaused && now < context.deadline && now >= context.opening }

  /// This thread's lanes that may have streams now.
  func laneCount(_ now: Int64) -> Int {
    context.share(thread: index, concurrency: context.lanes(orders, now: now))
  }

  private func obey() {
    isRung = false
    let old = orders
    orders = mailbox.take()
    wantsAdmission = true
    let now = MonotonicClock.now()
    if context.allocator.isOpen { listIdleLanes() }
    switch orders.stop {
    case nil: break
    case .drain: drain(until: now.saturatingAdd(context.plan.grace.nanoseconds))
    case .now: drain(until: now)
    }
    steer(from: old, now: now)
  }

  /// No new streams from now on; what runs is cut at `limit`, or before if that was said earlier.
  func drain(until limit: Int64) {
    if !isDraining { drainedAt = min(MonotonicClock.now(), context.deadline) }
    isDraining = true
    reserved = nil
    alarm = .max
    cutAt = min(cutAt, limit)
  }

  /// Gives streams to lanes that have none. Lanes are made in order, when they may have their first.
  private func admit() {
    wantsAdmission = false
    guard !context.allocator.isOpen else { return admitArrivals() }
    for slot in 0..<laneCount(MonotonicClock.now()) {
      guard mayStart(slot: slot, now: MonotonicClock.now()) else { return }
      if slot == lanes.count {
        // Lanes after one that has to wait for the name come with it.
        guard !isLookingUp(slot), makeLane() != nil else { return }
      }
      if lanes[slot].isIdle, hasSeat(slot), !begin(lanes[slot]) { return }
    }
  }

  /// Whether this lane's stream has a connection to share, or may open one. If not, it is admitted when that has changed.
  func hasSeat(_ slot: Int) -> Bool {
    guard context.sharesConnections else { return true }
    let index = slot / CurlMulti.lanes
    guard index < multis.count else { return true }
    let lanes = laneCount(MonotonicClock.now()) &- index &* CurlMulti.lanes
    return multis[index].seats?.mayBegin(lanes: min(lanes, CurlMulti.lanes)) ?? true
  }

  /// Whether this lane would only add a look-up of a name that others are looking up already.
  func isLookingUp(_ slot: Int) -> Bool {
    let index = slot / CurlMulti.lanes
    let hasResolved = index < multis.count && multis[index].hasResolved
    return !hasResolved && slot % CurlMulti.lanes >= Self.firstLookups
  }

  /// The multi handle that serves a lane. Nil when libcurl has no memory.
  func multi(of slot: Int) -> CurlMulti? {
    let index = slot / CurlMulti.lanes
    if index < multis.count { return multis[index] }
    let tag = UInt32(truncatingIfNeeded: index)
    let made = CurlMulti(
      poller: poller, tag: tag, network: context.plan.network, sharesConnections: context.sharesConnections)
    guard let multi = made else { return nil }
    multis.append(multi)
    return multi
  }

  /// Deadlines, waits and ticks that have come.
  private func keepTime() {
    let now = MonotonicClock.now()
    if now >= context.deadline, !isDraining {
      drain(until: context.deadline.saturatingAdd(context.plan.grace.nanoseconds))
    }
    if isDraining, now >= cutAt { cutAll() }
    if now >= backoffDue { resumeWaiting(now) }
    if now >= alarm {
      alarm = .max
      wantsAdmission = true
    }
    guard now >= nextTick else { return }
    let isLate = now &- nextTick >= Self.lateTick && nextTick > 0
    nextTick = now &+ Self.tick
    if began < context.start, now >= context.start { beginCounting(now) }
    followRamp(now)
    // Whoever was stopped finds what arrived meanwhile in its sockets: they are read before anybody is called silent.
    if isLate, unreadTurns == 0, !hasRead { unreadTurns = Self.longestReading }
    hasRead = unreadTurns > 0
    if unreadTurns > 0 { nextTick = now } else { sweep(now) }
    if now >= nextPublish { publish(now) }
  }

  /// What the thread did before the plan's first moment is no part of its work.
  private func beginCounting(_ now: Int64) {
    began = now
    idle = 0
    busy = RateWindow(now: now)
    context.useAtStart.withLock { $0 = $0 ?? ProcessUse.now() }
  }

  /// Lanes that a ramp adds begin at a tick.
  private func followRamp(_ now: Int64) {
    guard context.ramp != nil else { return }
    let allowed = laneCount(now)
    if allowed > rampLanes { wantsAdmission = true }
    rampLanes = allowed
  }

  /// One wait, and everything that came of it.
  private func turn() {
    let before = MonotonicClock.now()
    poller.setAlarm(alarm)
    poller.wait(milliseconds: patience(before)) { events in
      let now = MonotonicClock.now()
      idle &+= now &- before
      for multi in multis { multi.moment = now }
      if unreadTurns > 0 { unreadTurns = events.count < EventPoller.capacity ? 0 : unreadTurns &- 1 }
      for raw in events {
        let event = EventPoller.event(raw)
        guard poller.isWanted(event) else { continue }
        if event.tag == Self.bell {
          isRung = true
        } else if event.tag < multis.count {
          multis[Int(event.tag)].act(on: event)
        }
      }
    }
    for _ in 0..<Self.rounds {
      let now = MonotonicClock.now()
      for multi in multis { multi.actOnTimer(now: now) }
      guard reap() else { break }
    }
    if resolved < multis.count { noticeResolved() }
    if context.sharesConnections { noticeSeats() }
  }

  /// Milliseconds until something is due, rounded up: a wait that ends too early would be followed by one of nothing.
  private func patience(_ now: Int64) -> Int32 {
    let timer = multis.reduce(Int64.max) { min($0, $1.timer) }
    let end = min(isDraining ? .max : context.deadline, cutAt)
    let due = min(min(nextTick, timer), min(min(backoffDue, alarm), end))
    guard due > now else { return 0 }
    return Int32(clamping: (due &- now &+ 999_999) / 1_000_000)
  }

  /// From its first socket on a multi handle has the name in its cache, and all its lanes may start.
  private func noticeResolved() {
    let now = multis.count { $0.hasResolved }
    guard now > resolved else { return }
    resolved = now
    wantsAdmission = true
  }

  /// Connections were made or lost that lanes without a stream have waited for.
  private func noticeSeats() {
    for multi in multis where multi.seats?.takeRefusal() ?? false { wantsAdmission = true }
  }

  func wait(_ lane: Lane, now: Int64) {
    if let due = lane.due { backoffDue = min(backoffDue, due) }
  }

  private func resumeWaiting(_ now: Int64) {
    backoffDue = .max
    for lane in lanes {
      guard let due = lane.due else { continue }
      guard due <= now else {
        backoffDue = min(backoffDue, due)
        continue
      }
      lane.stopWaiting()
      if mayStart(slot: lane.transfer.slot, now: now), hasSeat(lane.transfer.slot) { _ = begin(lane) }
    }
  }
}
