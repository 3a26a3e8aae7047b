internal import Histogram

/// A distribution in nine numbers; never made of no samples, so that no number in it is a lie.
struct Summary: Codable, Sendable, Equatable {
  var count: Int
  var min: Double
  var mean: Double
  var p50: Double
  var p90: Double
  var p95: Double
  var p99: Double
  var p999: Double
  var max: Double

  /// - Parameter scale: from the histogram's unit to the report's; 1e-6 makes seconds of microseconds.
  init?(_ histogram: Histogram<UInt64>?, scale: Double) {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    func value(_ raw: UInt64) -> Double { Rounding.significant(Double(raw) * scale) }
    func percentile(_ rank: Double) -> Double { value(histogram.valueAtPercentile(rank)) }
    let low = histogram.min
    let high = histogram.maxRecorded
    count = Int(clamping: histogram.totalCount)
    min = value(low)
    max = value(high)
    // The histogram's mean is of its buckets' middles, which may lie just outside what was recorded.
    mean = Rounding.significant(Swift.min(Swift.max(histogram.mean, Double(low)), Double(high)) * scale)
    p50 = percentile(50)
    p90 = percentile(90)
    p95 = percentile(95)
    p99 = percentile(99)
    p999 = percentile(99.9)
  }
}

enum Rounding {
  /// To a millionth: a report says 0.012345, not 0.012345000000000001. Values that are no number become 0.
  static func significant(_ value: Double) -> Double {
    guard value.isFinite else { return 0 }
    let scaled = (value * 1e6).rounded()
    return scaled.magnitude < 9e15 ? scaled / 1e6 : value.rounded()
  }
}
