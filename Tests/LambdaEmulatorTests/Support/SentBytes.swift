import Synchronization

/// A count that two threads share.
final class SentBytes: Sendable {
  private let held = Mutex(0)
  var count: Int { held.withLock { $0 } }
  func add(_ more: Int) { held.withLock { $0 += more } }
}
