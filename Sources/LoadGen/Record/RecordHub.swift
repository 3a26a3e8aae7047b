internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Brings the events of all threads of a run together, in the order of their times, and hands them to everybody who wants
/// them. A thread of its own, so that neither a disk nor a reader can hold up the load.
///
///     loop threads → outboxes → hub thread → consumers: record, rows of streams, /events
///
/// Guarantees: an event that is not handed over was counted, and a `gap` says how many are missing. Events of one lane keep
/// their order; a line's time may be before that of the line above it by what lies between two reports (100 ms).
final class RecordHub: Sendable {
  private let outboxes = Mutex<[EventOutbox]>([])
  /// What the run's observer says.
  private let announcements = EventOutbox(capacity: 4096)
  private let desk: Mutex<HubDesk>
  private let thread = Mutex<PlainThread?>(nil)
  private let stopped = Atomic<Bool>(false)
  private let start = Atomic<Int64>(0)

  init(desk: sending HubDesk) { self.desk = Mutex(desk) }

  /// The run begins: consumers get the header, and from now on events.
  ///
  /// - Parameters:
  ///   - threads: loop threads that will bring events.
  ///   - start: on the monotonic clock.
  ///   - startedAt: the same moment in seconds since 1970.
  func begin(threads: Int, start: Int64, startedAt: Double) {
    let capacity = max(1024, EventOutbox.capacityOfAll / max(1, threads))
    outboxes.withLock { $0 = (0..<max(1, threads)).map { _ in EventOutbox(capacity: capacity) } }
    self.start.store(start, ordering: .releasing)
    desk.withLock { $0.begin(startedAt: startedAt) }
    let started = PlainThread.start(name: "events") { [self] in
      while !stopped.load(ordering: .acquiring) {
        usleep(Self.interval)
        drain()
      }
    }
    thread.withLock { $0 = started }
  }

  /// Where a loop thread leaves its events. The run has begun.
  func outbox(thread: Int) -> EventOutbox? {
    outboxes.withLock { $0.indices.contains(thread) ? $0[thread] : nil }
  }

  /// Microseconds since the run's start.
  var now: Int64 { (MonotonicClock.now() &- start.load(ordering: .acquiring)) / 1000 }

  /// Adds an event of the whole run.
  func post(_ event: RecordEvent) {
    var events = [event]
    announcements.offer(&events)
  }

  /// Hands over what is left and ends the thread. The loop threads have ended.
  ///
  /// - Returns: what was lost on the way, as lines for a person.
  func stop() -> [String] {
    stopped.store(true, ordering: .releasing)
    thread.withLock { $0.take() }?.join()
    drain()
    return desk.withLock { $0.notes() }
  }

  /// After `stop`: hands over the last event, if the run came that far, and lets the consumers end.
  func finish(_ final: RecordFinal?) { desk.withLock { $0.finish(final) } }

  private func drain() {
    let contents = (outboxes.withLock { $0 } + [announcements]).map { $0.take() }
    desk.withLock { $0.handOut(contents, now: now) }
  }

  private static let interval: UInt32 = 20_000
}
