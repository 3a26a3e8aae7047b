/// `--validate`: how much of each body is proven.
public enum ValidationMode: String, CaseIterable, Sendable {
  /// Every body is inflated.
  case full
  /// The first body of a URL is inflated, later ones are compared with it (Docs/decisions/029), and inflated from the first
  /// difference on. Same verdicts as `full`, at a fraction of its cost. The default.
  case compare
  /// HTTP framing only.
  case frame
  case off

  /// Whether bodies are proven at all.
  public var inflates: Bool { self == .full || self == .compare }
}

/// What a body actually got; the report counts streams by it. `off` is also where no body came.
public enum Treatment: String, CaseIterable, Sendable {
  case full
  /// Against the reference, whether or not it differed.
  case compared
  case frame
  case off
}
