internal import Synchronization

/// Hands out the streams of a run, exactly as many as the plan has, to whichever thread asks next.
///
/// One atomic for all threads: with a share for each thread, a run would end with some lanes idle while a slow thread
/// still had streams to start. In an open model a thread with a free lane takes the next arrival before its time and waits for
/// it alone: one thread wakes for each arrival, and a thread without a free lane holds none back. Stream numbers are the whole
/// plan's, also where this process does a part of it.
final class StreamAllocator: Sendable {
  struct Ticket: Equatable {
    /// Number of the stream in the whole plan, from 1; of the warm-up, from `firstWarmUp`.
    var stream: Int
    /// Index into the plan's targets, round robin.
    var target: Int
    /// In an open model, when the stream should begin, on the monotonic clock; pauses come on top.
    var plannedAt: Int64?
    var isWarmUp = false
  }

  /// Above every number that `-n` allows, so that a warm-up asks for nothing that the plan asks for again.
  static let firstWarmUp = 1_000_000_000_001

  private let taken = Atomic<Int>(0)
  private let warmedUp = Atomic<Int>(0)
  private let returned = Mutex<[Ticket]>([])
  private let returnedCount = Atomic<Int>(0)
  /// Streams of this process; `.max` is no limit.
  private let limit: Int
  private let shard: Shard
  private let targets: Int
  private let opening: Int64
  private let start: Int64
  /// Whether streams have planned times.
  let isOpen: Bool
  /// Taken for each arrival of an open model alone: a person may change its rate.
  private let schedule: Mutex<Schedule>
  private let warmUpSchedule: ArrivalSchedule?

  private struct Schedule: Sendable {
    var arrivals: ArrivalSchedule?
    /// When it was last changed, on the monotonic clock without pauses.
    var changedAt: Int64 = .max
  }

  /// - Parameters:
  ///   - opening: when streams may begin; the warm-up lasts from there to `start`.
  init(plan: LoadPlan, opening: Int64, start: Int64) {
    shard = plan.shard ?? Shard(index: 1, count: 1)
    limit = plan.ownStreams ?? .max
    targets = max(1, plan.targets.count)
    self.opening = opening
    self.start = start
    let arrivals = ArrivalSchedule(plan.arrivals)
    isOpen = arrivals != nil
    schedule = Mutex(Schedule(arrivals: arrivals))
    warmUpSchedule = ArrivalSchedule(warmUpOf: plan.arrivals)
  }

  /// Nil when every stream of the plan was handed out. What is handed out must begin, or be given back.
  func next(now: Int64) -> Ticket? {
    if now < start, let ticket = nextOfWarmUp() { return ticket }
    if returnedCount.load(ordering: .relaxed) > 0, let ticket = takeReturned() { return ticket }
    // The check before the increment keeps idle threads that ask again and again from moving the count for ever.
    guard taken.load(ordering: .relaxed) < limit else { return nil }
    let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index >= 0, index < limit else { return nil }
    let global = global(index)
    return ticket(global, planned: isOpen ? time(of: global) : nil)
  }

  /// Takes back what will not begin where it was meant to, for the next who asks.
  func giveBack(_ ticket: Ticket) {
    guard !ticket.isWarmUp else { return }
    returned.withLock { $0.append(ticket) }
    returnedCount.wrappingAdd(1, ordering: .relaxed)
  }

  var isExhausted: Bool {
    taken.load(ordering: .relaxed) >= limit && returnedCount.load(ordering: .relaxed) == 0
  }

  /// Arrivals of this process that are due before `end`, on the monotonic clock. 0 in a closed model.
  func planned(before end: Int64) -> Int {
    guard isOpen, end > start else { return 0 }
    let arrivals = schedule.withLock { $0.arrivals }
    return arrivals?.count(before: end &- start, atMost: limit, number: global) ?? 0
  }

  /// Streams that have begun, or that a thread has taken to begin with.
  var begun: Int {
    max(0, min(taken.load(ordering: .relaxed), limit) &- returnedCount.load(ordering: .relaxed))
  }

  /// In an open model nil too when the plan's own first arrival is nearer.
  private func nextOfWarmUp() -> Ticket? {
    let index = warmedUp.wrappingAdd(1, ordering: .relaxed).oldValue
    let global = global(index)
    var ticket = ticket(global, planned: nil)
    if let warmUpSchedule {
      let due = opening.saturatingAdd(warmUpSchedule.time(of: global))
      guard due < start else { return nil }
      ticket.plannedAt = due
    }
    ticket.stream = Self.firstWarmUp &+ global
    ticket.isWarmUp = true
    return ticket
  }

  private func takeReturned() -> Ticket? {
    guard let ticket = returned.withLock({ $0.popLast() }) else { return nil }
    returnedCount.wrappingSubtract(1, ordering: .relaxed)
    return retimed(ticket)
  }

  /// Index of one of this process's streams in the whole plan.
  private func global(_ index: Int) -> Int { index &* shard.count &+ (shard.index &- 1) }

  private func ticket(_ global: Int, planned: Int64?) -> Ticket {
    Ticket(stream: global &+ 1, target: global % targets, plannedAt: planned)
  }
}

// A person changes the rate.
extension StreamAllocator {
  /// From `moment` on (on the monotonic clock, what pauses took taken away), so many arrivals a second of the whole plan.
  func setRate(_ rate: Double, at moment: Int64) {
    let begun = global(begun)
    schedule.withLock { schedule in
      schedule.arrivals = schedule.arrivals?.changed(rate: rate, at: max(0, moment &- start), begun: begun)
      schedule.changedAt = max(start, moment)
    }
  }

  /// Arrivals a second of the whole plan; nil in a closed model.
  func rate(at moment: Int64) -> Double? {
    schedule.withLock { $0.arrivals?.rate(at: max(0, moment &- start).secondsFromNanoseconds) }
  }

  /// The ticket with the time that it has now, if it is not due yet.
  func retimed(_ ticket: Ticket) -> Ticket {
    guard isOpen, !ticket.isWarmUp, let planned = ticket.plannedAt else { return ticket }
    let time = schedule.withLock { schedule -> Int64 in
      guard planned > schedule.changedAt, let arrivals = schedule.arrivals else { return planned }
      return start.saturatingAdd(arrivals.time(of: ticket.stream &- 1))
    }
    var ticket = ticket
    ticket.plannedAt = time
    return ticket
  }

  private func time(of global: Int) -> Int64 {
    schedule.withLock { schedule in schedule.arrivals.map { start.saturatingAdd($0.time(of: global)) } ?? start }
  }
}
