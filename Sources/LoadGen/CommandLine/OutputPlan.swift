internal import ToolSupport

/// Where the report of a run goes, decided before the run.
public struct OutputPlan: Sendable, Equatable {
  public enum Format: String, CaseIterable, Sendable {
    case text, json
    /// No report; the exit code speaks.
    case quiet
  }

  public var format = Format.text
  /// Nil is stdout.
  public var file: String?
  public var progress = true
  public var colorAllowed = true

  public init() {}
}
