internal import ToolSupport

/// One figure of a run that another run has too: a metric and what is made of its samples, as in a threshold.
struct ComparedFigure: Equatable, Sendable {
  var metric: Threshold.Metric
  var aggregation: Threshold.Aggregation
  /// `stream_ttfb:p(95)`.
  var name: String

  enum Unit: String, Sendable {
    case seconds, bytes
    case bytesPerSecond = "bytes_per_second"
    case perSecond = "per_second"
    /// 0…1.
    case share
  }

  var unit: Unit {
    switch metric {
    case .distribution(.throughput): .bytesPerSecond
    case .distribution: .seconds
    case .targetRSS, .targetRSSPeak: .bytes
    case .streams: .perSecond
    default: .share
    }
  }

  /// More is better of what flows, and worse of everything else.
  var moreIsBetter: Bool { unit == .bytesPerSecond || unit == .perSecond }

  /// An extreme is one stream's: its interval is made of few samples, and must be wider to hold what it says.
  var isExtreme: Bool { aggregation == .max || aggregation == .min }

  // MARK: - By name

  /// - Parameter text: such as `stream_ttfb:p(95)`.
  /// - Throws: `usage`, with what was probably meant.
  static func parse(_ text: String, refuse: (String) -> ToolFailure) throws(ToolFailure) -> ComparedFigure {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let metric = metrics[parts[0]] else {
      let meant = NearestName.suggestion(for: parts[0], among: metrics.keys).map { "did you mean \($0)?" }
      throw refuse("no such metric; \(meant ?? "choose " + metrics.keys.sorted().joined(separator: ", "))")
    }
    let choices = choices(metric)
    let word = parts.count == 2 ? parts[1] : choices.count == 1 ? choices[0] : ""
    guard let aggregation = aggregation(word), choices.contains(where: { $0 == word || $0 == "p(N)" && isRank(word) })
    else {
      throw refuse("\(parts[0]) has \(choices.joined(separator: ", ")); write it like \(parts[0]):\(example(metric))")
    }
    let name = aggregation == .value ? parts[0] : "\(parts[0]):\(word)"
    return ComparedFigure(metric: metric, aggregation: aggregation, name: name)
  }

  private static func choices(_ metric: Threshold.Metric) -> [String] {
    switch metric {
    case .distribution: ["avg", "min", "med", "max", "p(N)"]
    case .targetRSS, .targetRSSPeak: ["value"]
    default: ["rate"]
    }
  }

  private static func example(_ metric: Threshold.Metric) -> String {
    if case .distribution(let metric) = metric { return metric == .throughput ? "avg" : "p(95)" }
    return choices(metric)[0]
  }

  private static func isRank(_ word: String) -> Bool { word.hasPrefix("p(") }

  private static func aggregation(_ word: String) -> Threshold.Aggregation? {
    switch word {
    case "avg": return .avg
    case "min": return .min
    case "med": return .med
    case "max": return .max
    case "rate": return .rate
    case "value": return .value
    default:
      guard word.hasPrefix("p("), word.hasSuffix(")"), let rank = Double(word.dropFirst(2).dropLast()),
        rank > 0, rank < 100
      else { return nil }
      return .percentile(rank)
    }
  }

  private static let metrics: [String: Threshold.Metric] = {
    var all: [String: Threshold.Metric] = [
      "streams": .streams, "stream_failed": .streamFailed, "gzip_invalid": .gzipInvalid(nil),
      "target_rss": .targetRSS, "target_rss_peak": .targetRSSPeak, "dropped": .dropped, "late": .late,
    ]
    for metric in Distributions.Metric.allCases { all["stream_\(metric.rawValue)"] = .distribution(metric) }
    return all
  }()

  /// What is shown unasked.
  static let standard: [ComparedFigure] = [
    "stream_ttfb:med", "stream_ttfb:p(95)", "stream_ttfb:p(99)", "stream_ttlb:med", "stream_ttlb:p(95)",
    "stream_ttlb:p(99)", "stream_gap_max:p(99)", "stream_throughput:avg", "streams:rate", "stream_failed:rate",
    "gzip_invalid:rate", "target_rss_peak",
  ].compactMap { try? parse($0) { .usage($0) } }
}
