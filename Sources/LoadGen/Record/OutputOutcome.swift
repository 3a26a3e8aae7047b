internal import Synchronization

/// How an output that is written while the run goes on has fared: told by the thread that writes, asked at the end by another.
final class OutputOutcome: Sendable {
  enum Failure: Sendable, Equatable {
    /// Nobody reads any more.
    case brokenPipe
    /// One line: the option, the file, the system's reason.
    case unwritable(String)
  }

  private let told = Mutex<Failure?>(nil)

  /// Nil while everything could be written.
  var failure: Failure? { told.withLock { $0 } }

  func set(_ failure: Failure) { told.withLock { $0 = failure } }
}
