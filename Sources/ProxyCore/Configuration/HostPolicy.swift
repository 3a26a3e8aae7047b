/// Which `Host` the upstream gets.
public enum HostPolicy: String, CaseIterable, Sendable {
  /// The upstream's own authority, the name the origin knows itself by.
  case rewrite
  /// What the client addressed.
  case preserve
}
