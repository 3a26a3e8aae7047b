/// How much less than their number a run's streams are worth, because they share lanes, connections and the target's good and
/// bad seconds: the factor by which figures of its seconds scatter more than figures of independent streams would (batch
/// means; Kish's design effect). At least 1, and 1 where the run is too short to tell.
struct Dependence {
  /// Fewer stretches of a run say nothing of how they scatter.
  static let leastBlocks = 8

  private let samples: [SeriesSample]

  init(_ series: TimeSeries) {
    // A rest at the end is no stretch like the others.
    samples = series.samples.filter { $0.seconds >= series.intervalSeconds / 2 }
  }

  var isKnown: Bool { samples.count >= Self.leastBlocks }

  /// Of the share of streams for which `hits` counts.
  func ofShare(_ hits: (SeriesSample) -> Int64, of all: (SeriesSample) -> Int64) -> Double {
    let count = samples.reduce(0) { $0 + Double(all($1)) }
    let share = count > 0 ? samples.reduce(0) { $0 + Double(hits($1)) } / count : 0
    return factor(variance: count * share * (1 - share)) { Double(hits($0)) - share * Double(all($0)) }
  }

  /// Of ended streams a second.
  func ofRate() -> Double {
    let count = samples.reduce(0) { $0 + Double($1.streams) }
    let seconds = samples.reduce(0) { $0 + $1.seconds }
    guard seconds > 0 else { return 1 }
    return factor(variance: count) { Double($0.streams) - count / seconds * $0.seconds }
  }

  /// Of a percentile: of the share of streams beyond the bounds of the bucket that it lies in.
  func ofPercentile(_ percentile: Double, of buckets: KeyPath<SeriesSample, LatencyBuckets>) -> Double {
    let sum = total(buckets)
    let wanted = Double(sum.total) * percentile / 100
    var below: Int64 = 0
    let place = sum.counts.firstIndex {
      below &+= $0
      return Double(below) >= wanted
    }
    guard let place else { return 1 }
    return [place, place + 1].map { bound in
      ofShare({ $0[keyPath: buckets].counts[bound...].reduce(0, &+) }, of: { $0[keyPath: buckets].total })
    }.max() ?? 1
  }

  func ofMean(_ buckets: KeyPath<SeriesSample, LatencyBuckets>) -> Double {
    let sum = total(buckets)
    guard sum.total > 0 else { return 1 }
    let mean = Self.weighted(sum) { $0 } / Double(sum.total)
    return factor(variance: Self.weighted(sum) { ($0 - mean) * ($0 - mean) }) { sample in
      Self.weighted(sample[keyPath: buckets]) { $0 - mean }
    }
  }

  /// - Parameters:
  ///   - variance: that the sum of all residuals would have were the streams independent.
  ///   - residual: what a stretch has more than its part; they add up to nothing.
  private func factor(variance: Double, _ residual: (SeriesSample) -> Double) -> Double {
    guard isKnown, variance > 0 else { return 1 }
    let residuals = samples.map(residual)
    var factor = 1.0
    // Longer and longer stretches: a bad minute is seen in none of its seconds alone.
    var length = 1
    while residuals.count / length >= Self.leastBlocks {
      let blocks = residuals.count / length
      let sums = (0..<blocks).map { residuals[($0 * length)..<(($0 + 1) * length)].reduce(0, +) }
      let seen = sums.reduce(0) { $0 + $1 * $1 } * Double(residuals.count) / Double((blocks - 1) * length)
      let doubt = StudentT.quantile(degrees: blocks - 1) / StudentT.quantile(degrees: .max)
      let found = seen / variance * doubt * doubt
      if found.isFinite { factor = max(factor, found) }
      length *= 2
    }
    return factor
  }

  private func total(_ buckets: KeyPath<SeriesSample, LatencyBuckets>) -> LatencyBuckets {
    samples.reduce(into: LatencyBuckets()) { $0.add($1[keyPath: buckets]) }
  }

  /// The sum over all times of what `value` makes of their buckets' middles, in microseconds.
  private static func weighted(_ buckets: LatencyBuckets, _ value: (Double) -> Double) -> Double {
    buckets.counts.indices.reduce(0) { sum, index in
      let count = buckets.counts[index]
      return count > 0 ? sum + Double(count) * value(middles[index]) : sum
    }
  }

  private static let middles: [Double] = (0...LatencyBuckets.bounds.count).map { index in
    let high = LatencyBuckets.bounds[min(index, LatencyBuckets.bounds.count - 1)]
    return index > 0 ? Double(LatencyBuckets.bounds[index - 1] + high) / 2 : Double(high) / 2
  }
}
