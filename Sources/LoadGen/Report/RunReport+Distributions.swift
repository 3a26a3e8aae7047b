internal import Histogram

extension RunReport {
  /// The distribution behind a summary; nil without samples.
  func histogram(_ metric: Distributions.Metric) -> Histogram<UInt64>? {
    distributions.histogram(metric).flatMap { $0.totalCount > 0 ? $0 : nil }
  }

  /// Of an open model whose times count from the plan, the same from the real start.
  func uncorrectedHistogram(_ metric: Distributions.Metric) -> Histogram<UInt64>? {
    uncorrected?.histogram(metric).flatMap { $0.totalCount > 0 ? $0 : nil }
  }

  /// The percentile spectrum of a metric in milliseconds, as HdrHistogram's plotters read it (`.hgrm`).
  func percentileSpectrum(of metric: Distributions.Metric) -> String {
    var text = ""
    let histogram = histogram(metric) ?? Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    histogram.outputPercentileDistribution(
      to: &text, outputValueUnitScalingRatio: 1000, percentileTicksPerHalfDistance: 5)
    return text
  }
}

extension LatencyBuckets {
  /// The coarse form of a histogram of microseconds.
  init(_ histogram: Histogram<UInt64>) {
    self.init()
    for value in histogram.recordedValues() {
      record(Int64(clamping: histogram.medianEquivalentForValue(value.value)), count: Int64(clamping: value.count))
    }
  }
}
