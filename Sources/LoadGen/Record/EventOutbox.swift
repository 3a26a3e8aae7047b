internal import Synchronization

/// The way of events out of one thread: batches in, all of them out at once. One lock for a batch, never for an event.
///
/// Guarantees: the thread that offers never waits for the one that takes; what has no room is dropped whole, counted and told.
final class EventOutbox: Sendable {
  /// Events that may wait in all outboxes of a run together: 2.5 seconds of 50,000 streams a second, at most 64 MiB.
  static let capacityOfAll = 131_072
  /// A thread hands its events over when it has so many, or at its next report.
  static let batch = 256

  struct Contents {
    var batches: [[RecordEvent]] = []
    var droppedEnds = 0
    var droppedEvents = 0
  }

  private struct State {
    var contents = Contents()
    var count = 0
  }

  let capacity: Int
  private let state = Mutex(State())

  init(capacity: Int) { self.capacity = capacity }

  /// Takes the events over, the caller's array is empty afterwards. False when there was no room for them.
  @discardableResult
  func offer(_ events: inout [RecordEvent]) -> Bool {
    guard !events.isEmpty else { return true }
    let taken = events
    events = []
    return state.withLock { state in
      guard state.count &+ taken.count <= capacity else {
        state.contents.droppedEvents &+= taken.count
        state.contents.droppedEnds &+= taken.count { if case .end = $0 { true } else { false } }
        return false
      }
      state.count &+= taken.count
      state.contents.batches.append(taken)
      return true
    }
  }

  /// Everything that is there, in the order in which it came.
  func take() -> Contents {
    state.withLock { state in
      let contents = state.contents
      state = State()
      return contents
    }
  }
}
