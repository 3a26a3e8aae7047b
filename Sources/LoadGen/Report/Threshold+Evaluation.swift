internal import Histogram

extension Threshold {
  /// What a condition is held against: a finished run, or a running one so far.
  public struct Measured: Sendable {
    public var counters: Counters
    /// Of an open model, those that count from the plan.
    public var distributions: Distributions
    public var memory: TargetMemory
    public var seconds: Double

    public init(counters: Counters, distributions: Distributions, memory: TargetMemory, seconds: Double = 0) {
      self.counters = counters
      self.distributions = distributions
      self.memory = memory
      self.seconds = seconds
    }
  }

  public struct Outcome: Sendable, Equatable {
    public var expression: String
    /// In the metric's unit; nil when nothing was measured.
    public var value: Double?
    public var passed: Bool
  }

  public func outcome(_ measured: Measured) -> Outcome {
    let value = value(measured).flatMap { $0.isFinite ? $0 : nil }
    return Outcome(expression: expression, value: value, passed: value.map { comparison.holds($0, bound) } ?? false)
  }

  /// Holds the condition against what a run measured.
  public func outcome(
    counters: Counters, distributions: Distributions, memory: TargetMemory, seconds: Double = 0
  ) -> Outcome {
    outcome(Measured(counters: counters, distributions: distributions, memory: memory, seconds: seconds))
  }

  /// Why there is no value, for the person who reads that it is not measured.
  public var missingReason: String {
    switch metric {
    case .targetRSS, .targetRSSPeak: "nobody said what the target's memory is; see --watch-pid and --watch-url"
    case .distribution(.gapMax), .distribution(.ttfb), .distribution(.throughput):
      "no whole body with a byte in it came"
    case .distribution(.tls): "no TLS connection was made"
    case .distribution(.dns), .distribution(.connect): "no connection was made"
    case .distribution: "no stream came whole"
    default: "no stream ended"
    }
  }

  private func value(_ measured: Measured) -> Double? {
    let counters = measured.counters
    return switch metric {
    case .streams: streams(measured)
    case .streamFailed: counted(counters.failed, of: counters.streams)
    case .gzipInvalid(let verdict):
      counted(verdict.map { counters.verdicts[$0] } ?? counters.invalid, of: counters.streams)
    case .http(let status, let cause):
      counted(
        cause.map { counters.causes[status]?[$0] ?? 0 } ?? counters.status[status, default: 0], of: counters.streams)
    case .slowStart: counted(counters.pauses.slowStarts, of: counters.streams)
    case .silentGap: counted(counters.pauses.silentGaps, of: counters.streams)
    case .stalled: counted(counters.pauses.stalled, of: counters.streams)
    case .distribution(let metric):
      measured.distributions.histogram(metric).flatMap { aggregated($0, scale: metric == .throughput ? 1 : 1e-6) }
    case .targetRSS: measured.memory.rssBytes.map(Double.init)
    case .targetRSSPeak: measured.memory.rssPeakBytes.map(Double.init)
    case .dropped: counted(counters.dropped, of: counters.streams &+ counters.dropped)
    case .late: counted(counters.late, of: counters.streams)
    }
  }

  private func streams(_ measured: Measured) -> Double? {
    let count = Double(measured.counters.streams)
    guard aggregation == .rate else { return count }
    return measured.seconds > 0 ? count / measured.seconds : nil
  }

  private func counted(_ count: Int, of all: Int) -> Double? {
    guard aggregation == .rate else { return Double(count) }
    return all > 0 ? Double(count) / Double(all) : nil
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
