internal import Histogram

extension RunLatency {
  /// Of a running or a finished load. A pass over each histogram: about a millisecond in all.
  public init(_ distributions: Distributions) {
    self.init()
    for metric in Distributions.Metric.allCases {
      shapes[metric] = distributions.histogram(metric).flatMap(Shape.init)
    }
  }
}

extension RunLatency.Shape {
  /// Nil for a distribution without samples.
  init?(_ histogram: Histogram<UInt64>) {
    let total = histogram.totalCount
    guard total > 0 else { return nil }
    let wanted = RunLatency.ranks.map { UInt64((Double(total) * $0.nextDown / 100).rounded(.up)) }
    let (low, high) = (histogram.min, histogram.maxRecorded)
    var percentiles: [Int64] = []
    var buckets = LatencyBuckets()
    var (before, sum) = (UInt64(0), 0.0)
    for recorded in histogram.recordedValues() {
      let value = histogram.medianEquivalentForValue(recorded.value)
      before &+= recorded.count
      sum += Double(value) * Double(recorded.count)
      // As the histogram itself says it: the end of what it cannot tell apart.
      let end = Int64(clamping: Swift.min(histogram.highestEquivalentForValue(recorded.value), high))
      while percentiles.count < wanted.count, before >= wanted[percentiles.count] { percentiles.append(end) }
      buckets.record(Int64(clamping: value), count: Int64(clamping: recorded.count))
    }
    while percentiles.count < wanted.count { percentiles.append(Int64(clamping: high)) }
    self.init(
      count: Int64(clamping: total), min: Int64(clamping: low), mean: sum / Double(total), max: Int64(clamping: high),
      percentiles: percentiles, buckets: buckets)
  }
}
