/// How a dashboard ended.
public enum DashboardEnd: Sendable, Equatable {
  /// A person left after the load had ended.
  case finished
  /// A person ended the load, which may have had more to do.
  case quit
  /// A signal asked for the end; its number.
  case signal(Int32)
  /// The terminal went away.
  case hungUp
}
