/// What the lab is made of. The raw value is the one of `--embedded=…`.
public enum LabMode: String, CaseIterable, Sendable {
  /// tester → gzproxy → gzorigin: everything is expected to pass.
  case proxy
  /// tester → gzproxy → a proxy with the classic mistake → gzorigin: every stream is a 502 `length_and_chunked`.
  case naive
  /// tester → gzlambda → gzproxy as a function's runtime → gzorigin: responses stream through a function.
  case lambda
  /// The same with responses that do not stream: what is over 6 MB as JSON is a 502 `response_too_large`.
  case buffered

  static var choices: String {
    let names = allCases.map(\.rawValue)
    return names.dropLast().joined(separator: ", ") + " or " + (names.last ?? "")
  }

  /// Whether the proxy serves invocations and not connections.
  public var isFunction: Bool { self == .lambda || self == .buffered }
}
