internal import ToolSupport

/// Why a run was ended early.
public struct Abort: Sendable, Equatable {
  /// The threshold's.
  public var expression: String
  /// When it was seen to fail.
  public var value: Double
  /// The same with its unit.
  public var shown: String
  public var atSeconds: Double

  public init(expression: String, value: Double, shown: String, atSeconds: Double) {
    self.expression = expression
    self.value = value
    self.shown = shown
    self.atSeconds = atSeconds
  }

  /// For the report's notes.
  var note: String {
    "ended early, \(HumanText.duration(atSeconds)) after the start (--abort-on-fail): \(expression) failed, it was \(shown)"
  }
}
