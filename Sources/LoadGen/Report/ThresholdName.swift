/// The metrics that `--threshold` knows, by name: what may follow each, and what it needs of a run.
struct ThresholdName {
  enum Kind {
    case counter
    case distribution
    case gauge

    var aggregations: [String] {
      switch self {
      case .counter: ["count", "rate"]
      case .distribution: ["avg", "min", "med", "max", "p(N)"]
      case .gauge: []
      }
    }
  }

  var name: String
  var kind: Kind
  /// What may stand in braces; empty when nothing may.
  var tags: [String] = []
  /// The metric with a tag, or without one. Nil when the tag is none of `tags`.
  var metric: @Sendable (String?) -> Threshold.Metric?

  /// Nil for a name that there is not.
  static func find(_ name: String) -> ThresholdName? { table.first { $0.name == name } ?? status(name) }

  /// For suggestions. Of the statuses those that are asked for most.
  static let known =
    table.map(\.name) + [400, 403, 404, 413, 429, 500, 502, 503, 504].map { "http_\($0)" }

  private static let table: [ThresholdName] =
    [
      plain("streams", .counter, .streams), plain("stream_failed", .counter, .streamFailed),
      ThresholdName(
        name: "gzip_invalid", kind: .counter, tags: Verdict.allCases.filter(\.isInvalid).map(\.rawValue),
        metric: { tag in
          guard let tag else { return .gzipInvalid(nil) }
          return Verdict(rawValue: tag).flatMap { $0.isInvalid ? .gzipInvalid($0) : nil }
        }),
      plain("slow_start", .counter, .slowStart), plain("silent_gap", .counter, .silentGap),
      plain("stalled", .counter, .stalled), plain("dropped", .counter, .dropped), plain("late", .counter, .late),
      plain("target_rss", .gauge, .targetRSS), plain("target_rss_peak", .gauge, .targetRSSPeak),
    ] + Distributions.Metric.allCases.map { plain("stream_\($0.rawValue)", .distribution, .distribution($0)) }

  private static func plain(_ name: String, _ kind: Kind, _ metric: Threshold.Metric) -> ThresholdName {
    ThresholdName(name: name, kind: kind, metric: { $0 == nil ? metric : nil })
  }

  /// `http_400` to `http_599`.
  private static func status(_ name: String) -> ThresholdName? {
    guard name.hasPrefix("http_"), name.utf8.count == 8, let status = Int(name.dropFirst(5)),
      (400...599).contains(status)
    else { return nil }
    return ThresholdName(
      name: name, kind: .counter, tags: FailureCause.allCases.map(\.rawValue),
      metric: { tag in
        guard let tag else { return .http(status: status, cause: nil) }
        return FailureCause(rawValue: tag).map { .http(status: status, cause: $0) }
      })
  }
}

extension Threshold.Metric {
  /// As it is written: `gzip_invalid{truncated}`.
  public var name: String {
    switch self {
    case .streams: "streams"
    case .streamFailed: "stream_failed"
    case .gzipInvalid(let verdict): "gzip_invalid" + Self.tag(verdict?.rawValue)
    case .http(let status, let cause): "http_\(status)" + Self.tag(cause?.rawValue)
    case .slowStart: "slow_start"
    case .silentGap: "silent_gap"
    case .stalled: "stalled"
    case .distribution(let metric): "stream_\(metric.rawValue)"
    case .targetRSS: "target_rss"
    case .targetRSSPeak: "target_rss_peak"
    case .dropped: "dropped"
    case .late: "late"
    }
  }

  private static func tag(_ text: String?) -> String { text.map { "{\($0)}" } ?? "" }
}
