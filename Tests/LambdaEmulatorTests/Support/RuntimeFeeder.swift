import Synchronization
import ToolSupport

/// Sends while the test reads: neither side's socket takes everything at once. Failures end it quietly, since what it feeds may
/// well be cut.
final class RuntimeFeeder: Sendable {
  private let hasEnded = Mutex(false)

  init(_ work: @escaping @Sendable () throws -> Void) {
    PlainThread.detach(name: "feeder") { [self] in
      try? work()
      hasEnded.withLock { $0 = true }
    }
  }

  func wait() throws { try eventually("the end of what was sent") { hasEnded.withLock { $0 } } }
}
