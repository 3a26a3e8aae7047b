public import ToolSupport

/// What counts as a long wait.
public struct PauseLimits: Sendable, Equatable {
  /// From the request to the first byte of the body, or to the head of a message that has none.
  public var slowStart = TimeSpan(nanoseconds: 1_000_000_000)
  /// Without a byte, inside a body.
  public var silentGap = TimeSpan(nanoseconds: 1_000_000_000)

  public init() {}
}
