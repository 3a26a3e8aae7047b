/// One execution environment of a Lambda function, as gzlambda tells of it: a runtime's process and what it is doing.
public struct FunctionEnvironment: Sendable, Equatable {
  public enum State: String, Codable, Sendable, CaseIterable {
    /// Its runtime has not asked for work yet.
    case starting
    case ready
    /// Its runtime is gone, and no other has taken its place.
    case ended
  }

  public var state: State
  /// Of the runtime; nil while there is none.
  public var pid: Int32?
  /// Above this the runtime is killed; nil when nobody says.
  public var memoryLimitBytes: Int64?
  public var activeInvocations = 0
  /// Invocations that it takes at once.
  public var maximumInvocations = 0
  public var invocations = 0
  public var failures = 0
  /// How often its runtime had to be started again.
  public var restarts = 0

  public init(state: State) { self.state = state }

  /// What two tellings of the same environment have in common: this one's moment, and the larger of each count.
  func merged(with other: FunctionEnvironment) -> FunctionEnvironment {
    var both = self
    both.memoryLimitBytes = memoryLimitBytes ?? other.memoryLimitBytes
    both.maximumInvocations = max(maximumInvocations, other.maximumInvocations)
    both.invocations = max(invocations, other.invocations)
    both.failures = max(failures, other.failures)
    both.restarts = max(restarts, other.restarts)
    return both
  }
}
