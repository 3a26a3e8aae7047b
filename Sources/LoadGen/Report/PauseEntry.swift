internal import ToolSupport

/// How streams were kept waiting, as the report shows it.
struct PauseEntry: Codable, Sendable {
  struct Worst: Codable, Sendable {
    var stream: Int
    var seconds: Double
  }

  let slowStarts: Int
  let silentGaps: Int
  let stalled: Int
  let slowStartLimitSeconds: Double
  let silentGapLimitSeconds: Double
  let worstStart: Worst?
  let worstGap: Worst?
  let worstStall: Worst?

  init(_ pauses: Pauses, limits: PauseLimits) {
    slowStarts = pauses.slowStarts
    silentGaps = pauses.silentGaps
    stalled = pauses.stalled
    slowStartLimitSeconds = limits.slowStart.seconds
    silentGapLimitSeconds = limits.silentGap.seconds
    worstStart = Self.worst(pauses.worstStart)
    worstGap = Self.worst(pauses.worstGap)
    worstStall = Self.worst(pauses.worstStall)
  }

  /// What was counted, again.
  var pauses: Pauses {
    var pauses = Pauses()
    pauses.slowStarts = slowStarts
    pauses.silentGaps = silentGaps
    pauses.stalled = stalled
    pauses.worstStart = worstStart.map(Self.counted)
    pauses.worstGap = worstGap.map(Self.counted)
    pauses.worstStall = worstStall.map(Self.counted)
    return pauses
  }

  private static func counted(_ worst: Worst) -> Pauses.Worst {
    Pauses.Worst(stream: worst.stream, nanoseconds: TimeSpan.seconds(worst.seconds).nanoseconds)
  }

  private static func worst(_ worst: Pauses.Worst?) -> Worst? {
    worst.map { Worst(stream: $0.stream, seconds: Rounding.significant($0.seconds)) }
  }

  enum CodingKeys: String, CodingKey {
    case stalled
    case slowStarts = "slow_starts"
    case silentGaps = "silent_gaps"
    case slowStartLimitSeconds = "slow_start_limit_seconds"
    case silentGapLimitSeconds = "silent_gap_limit_seconds"
    case worstStart = "worst_start"
    case worstGap = "worst_gap"
    case worstStall = "worst_stall"
  }
}
