internal import Synchronization

/// What a loop thread is asked to do. A wish, not a list of commands: the latest one replaces the one before, so that a
/// mailbox never grows.
struct LoopOrders: Sendable, Equatable {
  /// Lanes of the whole process; a thread takes its share.
  var concurrency: Int
  var isPaused = false
  /// Nanoseconds that pauses have taken from the plan: its arrivals and stages come so much later.
  var shift: Int64 = 0
  var stop: LoadStop?
  /// Of bodies that begin from now on; nil is the plan's.
  var validation: ValidationMode?
  /// Resets of the statistics so far.
  var epoch = 0
  /// Changes of the planned arrivals so far: those that threads wait for have new times.
  var schedule = 0
  /// The stream that a person looks at.
  var focus: RunFocus?
  var aborts = StreamAborts()
}

/// The only way into a loop thread: the latest orders, and a bell that wakes it.
///
/// Shared between the engine, which posts, and one thread, which takes and at its end closes. The bell is rung and
/// closed under the same lock, so that nobody rings a descriptor that already belongs to something else.
final class Mailbox: Sendable {
  private struct State {
    var orders: LoopOrders
    var bell: WakeDescriptor?
  }
  private let state: Mutex<State>
  /// What the thread's poller watches.
  let descriptor: Int32

  /// Nil when the process has no descriptor left.
  init?(orders: LoopOrders) {
    guard let bell = WakeDescriptor() else { return nil }
    descriptor = bell.readEnd
    state = Mutex(State(orders: orders, bell: bell))
  }

  deinit { close() }

  func post(_ orders: LoopOrders) {
    state.withLock { state in
      state.orders = orders
      state.bell?.ring()
    }
  }

  func take() -> LoopOrders {
    state.withLock { state in
      state.bell?.clear()
      return state.orders
    }
  }

  func close() {
    state.withLock { state in
      state.bell?.closeEnds()
      state.bell = nil
    }
  }
}
