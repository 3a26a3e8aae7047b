/// Says what the target's memory is: a poller of its stats, or nobody. Called from the engine's snapshot, so it must not
/// block.
public protocol TargetMemorySource: Sendable {
  func current() -> TargetMemory
  /// What a person should know at once about what is measured. Must not block either.
  func notices() -> [String]
}

extension TargetMemorySource {
  public func notices() -> [String] { [] }
}

/// No figure from anybody: the report says so, and never 0.
public struct NoTargetMemory: TargetMemorySource {
  public init() {}
  public func current() -> TargetMemory { TargetMemory() }
}
