/// One condition of a run: `METRIC:AGGREGATION OPERATOR VALUE`.
///
/// Evaluation is pure. A value that cannot be computed, because nothing was measured, is nil and does not pass: a condition
/// on something that never happened must not turn a run green.
public struct Threshold: Sendable, Equatable {
  /// What is looked at, with its tag: `gzip_invalid{truncated}`, `http_502{function_error}`.
  public enum Metric: Sendable, Equatable {
    /// Ended streams; as a rate, a second.
    case streams
    case streamFailed
    case gzipInvalid(Verdict?)
    case http(status: Int, cause: FailureCause?)
    case slowStart
    case silentGap
    case stalled
    /// `stream_ttfb` and the other distributions; times in seconds, throughput in bytes a second.
    case distribution(Distributions.Metric)
    case targetRSS
    case targetRSSPeak
    /// Of an open model only.
    case dropped
    case late
  }

  public enum Aggregation: Sendable, Equatable {
    case count
    /// Share of all ended streams, 0…1; of planned ones for `dropped`.
    case rate
    case avg, min, med, max
    /// Above 0, at most 100.
    case percentile(Double)
    /// A gauge's own value.
    case value
  }

  public enum Comparison: String, Sendable, CaseIterable {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case notEqual = "!="

    func holds(_ left: Double, _ right: Double) -> Bool {
      switch self {
      case .less: left < right
      case .lessOrEqual: left <= right
      case .greater: left > right
      case .greaterOrEqual: left >= right
      case .equal: left == right
      case .notEqual: left != right
      }
    }
  }

  /// The name of the condition in every report: as typed, but for white space.
  public var expression: String
  public var metric: Metric
  public var aggregation: Aggregation
  public var comparison: Comparison
  /// In the metric's unit.
  public var bound: Double

  public init(
    expression: String, metric: Metric, aggregation: Aggregation, comparison: Comparison, bound: Double
  ) {
    self.expression = expression
    self.metric = metric
    self.aggregation = aggregation
    self.comparison = comparison
    self.bound = bound
  }

  /// What holds when nothing else is asked: one bad stream in a million fails the run.
  public static let implicit = [
    Threshold(
      expression: "stream_failed:rate == 0", metric: .streamFailed, aggregation: .rate, comparison: .equal, bound: 0),
    Threshold(
      expression: "gzip_invalid:rate == 0", metric: .gzipInvalid(nil), aggregation: .rate, comparison: .equal, bound: 0),
  ]

  /// The given ones, and before them the implicit ones whose metric none of them is about. A tag is about a part of a
  /// metric, so it takes nobody's place.
  static func withImplicit(_ given: [Threshold]) -> [Threshold] {
    implicit.filter { one in !given.contains { $0.metric == one.metric } } + given
  }

  public var unit: ThresholdUnit {
    switch (metric, aggregation) {
    case (.distribution(.throughput), _): .bytesPerSecond
    case (.distribution, _): .seconds
    case (.targetRSS, _), (.targetRSSPeak, _): .bytes
    case (.streams, .rate): .perSecond
    case (_, .rate): .share
    default: .count
    }
  }
}
