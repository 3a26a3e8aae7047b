/// What the lab is made of. The raw value is the one of `--embedded=…`.
public enum LabMode: String, CaseIterable, Sendable {
  /// tester → gzproxy → gzorigin: everything is expected to pass.
  case proxy
  /// tester → gzproxy → a proxy with the classic mistake → gzorigin: every stream is a 502 `length_and_chunked`.
  case naive

  static var choices: String { allCases.map(\.rawValue).joined(separator: " or ") }
}
