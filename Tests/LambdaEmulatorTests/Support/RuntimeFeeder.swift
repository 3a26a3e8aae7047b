import Dispatch
import ToolSupport

/// Sends while the test reads: neither side's socket takes everything at once. Failures end it quietly, since what it feeds may
/// well be cut.
final class RuntimeFeeder: Sendable {
  private let end = DispatchSemaphore(value: 0)

  init(_ work: @escaping @Sendable () throws -> Void) {
    PlainThread.detach(name: "feeder") { [end] in
      try? work()
      end.signal()
    }
  }

  /// Once, 20 seconds at most.
  func wait() throws {
    guard end.wait(timeout: .now() + .seconds(20)) == .success else { throw Missing(what: "the end of what was sent") }
  }
}
