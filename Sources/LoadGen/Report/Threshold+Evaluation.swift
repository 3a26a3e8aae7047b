internal import Histogram

extension Threshold {
  public struct Outcome: Sendable, Equatable {
    public var expression: String
    /// In seconds, bytes, bytes a second, or a plain number; nil when nothing was measured.
    public var value: Double?
    public var passed: Bool
  }

  /// Holds the condition against what a run measured.
  public func outcome(counters: Counters, distributions: Distributions, memory: TargetMemory) -> Outcome {
    let value = value(counters, distributions, memory).flatMap { $0.isFinite ? $0 : nil }
    return Outcome(expression: expression, value: value, passed: value.map { comparison.holds($0, bound) } ?? false)
  }

  private func value(_ counters: Counters, _ distributions: Distributions, _ memory: TargetMemory) -> Double? {
    switch metric {
    case .streams: counted(counters.streams, of: counters)
    case .streamFailed: counted(counters.failed, of: counters)
    case .gzipInvalid(let verdict): counted(verdict.map { counters.verdicts[$0] } ?? counters.invalid, of: counters)
    case .http(let status, let cause):
      counted(
        cause.map { counters.causes[status]?[$0] ?? 0 } ?? counters.status[status, default: 0], of: counters)
    case .distribution(let metric):
      distributions.histogram(metric).flatMap { aggregated($0, scale: metric == .throughput ? 1 : 1e-6) }
    case .targetRSS: memory.rssBytes.map(Double.init)
    case .targetRSSPeak: memory.rssPeakBytes.map(Double.init)
    case .dropped, .late: counted(0, of: counters)
    }
  }

  private func counted(_ count: Int, of counters: Counters) -> Double? {
    guard aggregation == .rate else { return Double(count) }
    return counters.streams > 0 ? Double(count) / Double(counters.streams) : nil
  }

  private func aggregated(_ histogram: Histogram<UInt64>, scale: Double) -> Double? {
    let summary = Summary(histogram, scale: scale)
    guard let summary else { return nil }
    switch aggregation {
    case .avg: return summary.mean
    case .min: return summary.min
    case .med: return summary.p50
    case .max: return summary.max
    case .percentile(let rank): return Double(histogram.valueAtPercentile(rank)) * scale
    case .count: return Double(summary.count)
    case .rate, .value: return nil
    }
  }
}
