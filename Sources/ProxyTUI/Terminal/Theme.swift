/// `--theme`: which looks the roles have. The background is the terminal's own in all of them.
public enum Theme: String, CaseIterable, Sendable {
  case `default`
  /// For a light background.
  case light
  /// The strongest colours there are, and nothing faint.
  case contrast
  /// No colours: bold, underlined, reversed.
  case mono

  /// For help and refusals.
  public static let names = allCases.map(\.rawValue).joined(separator: ", ")
}
