/// How much memory this process may use before it refuses new streams.
public enum MemoryLimit: Equatable, Sendable {
  /// What the process's cgroup allows it, where it is in one with a limit.
  case auto
  case off
  /// Bytes.
  case bytes(Int64)
}
