internal import LoadGen

/// How a dashboard ended.
public enum DashboardEnd: Sendable, Equatable {
  /// A person left a load that had done all it had to do.
  case finished
  /// A person ended the load, which had more to do, or cut its last streams.
  case quit
  /// A signal asked for the end; its number.
  case signal(Int32)
  /// The terminal went away.
  case hungUp

  /// A signal or the terminal's end, and no person at the screen.
  var isCut: Bool {
    switch self {
    case .finished, .quit: false
    case .signal, .hungUp: true
    }
  }

  /// Whether the run counts as interrupted (exit 105). Quitting is how a run without an end of its own ends; a plan with a
  /// number of streams or a duration that was left before that was not carried out.
  ///
  /// - Parameter wasStopped: somebody stopped the engine before a plan with an end was carried out.
  func isInterruption(of plan: LoadPlan, wasStopped: Bool) -> Bool {
    let hasEnd = plan.streams != nil || plan.runDuration != nil
    return switch self {
    case .finished: false
    case .quit: hasEnd
    case .signal, .hungUp: wasStopped || !hasEnd
    }
  }
}
