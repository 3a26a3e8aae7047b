public import ToolSupport

/// When the streams of a run begin.
///
/// In a closed model a lane begins its next stream when its last one has ended, so that a slow target is asked less often. In
/// an open model every stream has a planned time, whatever the target does; `-c` bounds how many run at once.
public enum ArrivalPlan: Sendable, Equatable {
  /// Closed: all lanes, from the beginning to the end.
  case closed
  /// Closed: the number of lanes follows the stages, from one lane on.
  case lanes([LoadStage])
  /// Open: `start` arrivals a second, then along the stages.
  case rate(start: Double, stages: [LoadStage])
  /// Open: `count` arrivals at the same moment, every `period`, the first ones at once.
  case bursts(count: Int, every: TimeSpan)

  /// A stream that begins later than this after its planned time counts as late.
  public static let lateAfter = TimeSpan(nanoseconds: 10_000_000)

  /// Whether arrivals have planned times.
  public var isOpen: Bool {
    switch self {
    case .closed, .lanes: false
    case .rate, .bursts: true
    }
  }

  /// How long the stages last; nil where there are none.
  public var stagesDuration: TimeSpan? {
    switch self {
    case .lanes(let stages), .rate(_, let stages):
      stages.isEmpty
        ? nil : TimeSpan(nanoseconds: stages.reduce(Int64(0)) { $0.saturatingAdd($1.duration.nanoseconds) })
    case .closed, .bursts: nil
    }
  }
}

/// A stretch of time in which the load changes evenly from what it was to `target`.
public struct LoadStage: Sendable, Equatable {
  public var duration: TimeSpan
  /// At the stage's end: lanes, or arrivals a second.
  public var target: Double

  public init(duration: TimeSpan, target: Double) {
    self.duration = duration
    self.target = target
  }
}
