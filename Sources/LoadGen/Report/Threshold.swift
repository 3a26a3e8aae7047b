/// One condition of a run: `METRIC:AGGREGATION OPERATOR VALUE`.
///
/// Evaluation is pure. A value that cannot be computed, because nothing was measured, is nil and does not pass: a condition
/// on something that never happened must not turn a run green.
public struct Threshold: Sendable, Equatable {
  /// What is looked at, with its tag: `gzip_invalid{truncated}`, `http_502{function_error}`.
  public enum Metric: Sendable, Equatable {
    case streams
    case streamFailed
    case gzipInvalid(Verdict?)
    case http(status: Int, cause: FailureCause?)
    /// `stream_ttfb` and the other distributions; times in seconds, throughput in bytes a second.
    case distribution(Distributions.Metric)
    case targetRSS
    case targetRSSPeak
    /// Of an open model only; 0 in the closed loop.
    case dropped
    case late
  }

  public enum Aggregation: Sendable, Equatable {
    case count
    /// Share of all ended streams, 0…1.
    case rate
    case avg, min, med, max
    /// 0…100.
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

  /// As typed; the name of the condition in every report.
  public var expression: String
  public var metric: Metric
  public var aggregation: Aggregation
  public var comparison: Comparison
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
}
