internal import Synchronization

/// The record as the clients of `/events` get it: every line since they came, as long as they keep up.
///
/// Each client has a queue of `queueLimit` bytes. Lines that have no room are left out for that client alone; once half of the
/// queue is free it gets a `gap`, what every lane does now, and goes on. Nobody waits for a reader.
///
/// Shared between the hub's thread, which fills the queues (`EventFeedWriter`), and the listener's, which empties them.
final class EventFeed: Sendable {
  /// A tenth of a second of 50,000 streams a second.
  static let queueLimit = 1 << 20
  static let clientLimit = 64

  struct Queue {
    var bytes: [UInt8] = []
    var missingEvents = 0
    var missingEnds = 0
    /// When the state of all lanes is due, in microseconds of the run; nil when it is not.
    var syncAt: Int64?
  }

  struct State {
    var header: [UInt8] = []
    var queues: [Int: Queue] = [:]
    var joined = 0
    var isOver = false
    /// The last word and its time, once the run is over: it has no place in a queue, and so is never without one.
    var final: [UInt8] = []
    var finalAt: Int64 = 0
  }

  let state = Mutex(State())
  /// Clients; asked before anything is done for them.
  let clients = Atomic<Int>(0)
  private let bell: @Sendable () -> Void

  /// - Parameter bell: wakes the listener; must not block.
  init(bell: @escaping @Sendable () -> Void) { self.bell = bell }

  /// A reader came; nil when there are too many.
  func join() -> Int? {
    state.withLock { state in
      guard state.queues.count < Self.clientLimit else { return nil }
      state.joined &+= 1
      var queue = Queue()
      queue.bytes = state.header
      // A client that comes before the run knows all of it.
      if !state.header.isEmpty { queue.syncAt = .min }
      state.queues[state.joined] = queue
      clients.add(1, ordering: .relaxed)
      return state.joined
    }
  }

  func leave(_ client: Int) {
    state.withLock { state in
      if state.queues.removeValue(forKey: client) != nil { clients.subtract(1, ordering: .relaxed) }
    }
  }

  /// What is there for a client, and whether that is the last of it. The end tells what the client has missed.
  func take(_ client: Int) -> (bytes: [UInt8], isLast: Bool) {
    state.withLock { state in
      guard var queue = state.queues[client] else { return ([], state.isOver) }
      var bytes = queue.bytes
      queue.bytes = []
      if state.isOver {
        if let gap = queue.takeGap(at: state.finalAt) { bytes += gap }
        bytes += state.final
      }
      state.queues[client] = queue
      return (bytes, state.isOver)
    }
  }

  func ring() { bell() }
}

extension EventFeed.Queue {
  /// The line that says what was left out, if anything was; from then on nothing is missing.
  mutating func takeGap(at time: Int64) -> [UInt8]? {
    guard missingEvents > 0 else { return nil }
    let line = LineBuffer(capacity: 128)
    RecordEncoder(targets: []).encode(.gap(RecordGap(at: time, ends: missingEnds, events: missingEvents)), into: line)
    missingEvents = 0
    missingEnds = 0
    return Array(line.bytes)
  }
}
