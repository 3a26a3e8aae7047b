import ToolSupport

/// Sends while the test reads: neither side's socket takes everything at once. Failures end it quietly, since what it feeds may
/// well be cut.
final class RuntimeFeeder: Sendable {
  private let thread: PlainThread?

  init(_ work: @escaping @Sendable () throws -> Void) {
    thread = PlainThread.start(name: "feeder") { try? work() }
  }

  func wait() { thread?.join() }
}
