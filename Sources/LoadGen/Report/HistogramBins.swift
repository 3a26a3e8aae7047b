internal import Histogram

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A histogram as a few bars with round bounds: even steps where the values lie close together, logarithmic ones where they
/// do not (latencies have tails), as fine as there is room.
struct HistogramBins {
  struct Bin: Equatable {
    /// Both in the report's unit; `high` belongs to it.
    var low: Double
    var high: Double
    var count: Int
  }

  /// In rising order and without a gap; the first and the last one are never empty. Empty for a histogram of nothing.
  let bins: [Bin]
  /// Whether each bin is a factor longer than the one before.
  let isLogarithmic: Bool

  /// - Parameters:
  ///   - scale: from the histogram's unit to the report's.
  ///   - maximum: of bins; at least 2.
  init(_ histogram: Histogram<UInt64>, scale: Double, maximum: Int) {
    guard histogram.totalCount > 0 else {
      (bins, isLogarithmic) = ([], false)
      return
    }
    // The smallest value of a histogram is 1; less than that is in its first bin.
    let low = max(Double(histogram.min), 1) * scale
    let high = max(Double(histogram.maxRecorded) * scale, low)
    isLogarithmic = high > low * 4
    let bounds =
      isLogarithmic
      ? Self.rising(from: low, to: high, maximum: maximum) : Self.even(from: low, to: high, maximum: maximum)
    var counts = [Int](repeating: 0, count: bounds.count)
    for recorded in histogram.recordedValues() {
      let value = Double(histogram.lowestEquivalentForValue(recorded.value)) * scale
      let index = bounds.firstIndex { value <= $0 * (1 + 1e-9) } ?? bounds.count - 1
      counts[index] &+= Int(clamping: recorded.count)
    }
    let first = counts.firstIndex { $0 > 0 } ?? 0
    let last = counts.lastIndex { $0 > 0 } ?? 0
    bins = (first...max(first, last)).map { index in
      Bin(low: index > 0 ? bounds[index - 1] : 0, high: bounds[index], count: counts[index])
    }
  }

  /// Upper bounds at even steps of 1, 2 or 5 times a power of ten.
  private static func even(from low: Double, to high: Double, maximum: Int) -> [Double] {
    let span = high - low
    guard span > 0 else { return [high] }
    let power = pow(10, floor(log10(span / Double(maximum))))
    for factor in [1.0, 2, 5, 10, 20] {
      let step = power * factor
      let first = floor(low / step) + 1
      let last = ceil(high / step)
      guard last - first < Double(maximum) else { continue }
      return stride(from: first, through: max(first, last), by: 1).map { $0 * step }
    }
    return [high]
  }

  /// Upper bounds out of a series that repeats in each decade, the finest one that gives few enough.
  private static func rising(from low: Double, to high: Double, maximum: Int) -> [Double] {
    let decades = Int(floor(log10(low)))...Int(ceil(log10(high)))
    for series in [fine, [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]] {
      let all = decades.flatMap { decade in series.map { $0 * pow(10, Double(decade)) } }
      guard let first = all.firstIndex(where: { $0 * (1 + 1e-9) >= low }),
        let last = all.firstIndex(where: { $0 * (1 + 1e-9) >= high }), last - first < maximum
      else { continue }
      return Array(all[first...last])
    }
    return [high]
  }

  /// Twelve about even factors a decade.
  private static let fine = [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2]
}
