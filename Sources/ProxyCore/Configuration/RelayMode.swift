/// How bodies go from the upstream to the client.
public enum RelayMode: String, CaseIterable, Sendable {
  /// Through a pipe where that is possible and pays, else as `copy`.
  case auto
  /// Always through this process's memory.
  case copy
}
