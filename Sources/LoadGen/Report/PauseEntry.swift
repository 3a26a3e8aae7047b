internal import ToolSupport

/// How streams were kept waiting, as the report shows it.
struct PauseEntry: Encodable, Sendable {
  struct Worst: Encodable, Sendable {
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
