import Dispatch
import Synchronization

/// What would be on stderr. One thread at a time waits for lines.
final class CollectedLog: Sendable {
  private let text = Mutex("")
  /// Signalled with each piece.
  private let news = DispatchSemaphore(value: 0)

  func append(_ more: String) {
    text.withLock { $0 += more }
    news.signal()
  }

  var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }

  /// Until they are so, 20 seconds at most.
  func wait(for what: String, _ areSo: ([String]) -> Bool) throws {
    let limit = DispatchTime.now() + .seconds(20)
    while !areSo(lines) {
      guard news.wait(timeout: limit) == .success else { throw Missing(what: what) }
    }
  }
}
