/// How the lab's gzproxy moves bodies: its `--relay`.
public enum LabRelay: String, CaseIterable, Sendable {
  /// Through a pipe in the kernel where that is possible and pays, else as `copy`.
  case auto
  /// Always through gzproxy's memory.
  case copy
}
