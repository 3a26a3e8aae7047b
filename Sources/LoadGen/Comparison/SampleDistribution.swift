internal import Histogram

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A run's distribution as the comparison resamples it: its buckets, in the report's unit.
struct SampleDistribution {
  /// What a percentile in this bucket is reported as, rising.
  private let tops: [Double]
  /// What the bucket counts as in a mean.
  private let middles: [Double]
  /// Samples up to and with the bucket.
  private let cumulated: [Double]
  let count: Double
  let mean: Double
  private let resampler: MeanResampler

  /// Nil without samples.
  ///
  /// - Parameter scale: from the histogram's unit to the report's.
  init?(_ histogram: Histogram<UInt64>?, scale: Double) {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    let (low, high) = (histogram.min, histogram.maxRecorded)
    var tops: [Double] = []
    var middles: [Double] = []
    var cumulated: [Double] = []
    var counts: [Double] = []
    var sum = 0.0
    for bucket in histogram.recordedValues() {
      tops.append(Double(max(low, min(bucket.value, high))) * scale)
      middles.append(Double(max(low, min(histogram.medianEquivalentForValue(bucket.value), high))) * scale)
      counts.append(Double(bucket.count))
      sum += Double(bucket.count)
      cumulated.append(sum)
    }
    (self.tops, self.middles, self.cumulated, count) = (tops, middles, cumulated, sum)
    mean = zip(middles, counts).reduce(0) { $0 + $1.0 * ($1.1 / sum) }
    resampler = MeanResampler(middles, counts, mean: mean)
  }

  /// The rank of a percentile from 1, as HdrHistogram takes it.
  func rank(percentile: Double) -> Double { max(1, (min(percentile, 100).nextDown * count / 100).rounded(.up)) }

  /// Ranks outside are the ends.
  func value(rank: Double) -> Double {
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] >= rank { high = middle } else { low = middle + 1 }
    }
    return tops[low]
  }

  /// That order statistic of one resample with replacement.
  ///
  /// No sample is drawn for it: the place in the distribution of the rank-th of n uniform numbers is Beta(rank, n + 1 - rank)
  /// (Rényi), so that ten million samples cost what ten do.
  ///
  /// - Parameter dependence: samples that count as one.
  func resampled(rank: Double, dependence: Double = 1, _ random: inout RandomSource) -> Double {
    let place = random.beta(rank / dependence, (count + 1 - rank) / dependence)
    return value(rank: (place * count).rounded(.up))
  }

  /// The mean of one resample.
  func resampledMean(_ random: inout RandomSource) -> Double { resampler.draw(&random) }
}

/// Means of resamples. Every bucket's count is drawn by itself (Poisson bootstrap: Hanley and MacGibbon 2006), which costs
/// what there are buckets and not what there are samples. Large counts are close to normal, so their buckets are drawn
/// together, as one pair of correlated normal numbers, and so are all but the farthest of the small ones: what the sum of many of
/// them has of a lean comes from those.
private struct MeanResampler {
  private let mean: Double
  private var rare: [(offset: Double, count: Double, none: Double)] = []
  private var commonCount = 0.0
  private var commonOffset = 0.0
  private var commonSquare = 0.0

  private static let common = 30.0
  /// Buckets that are drawn by themselves.
  private static let farthest = 64

  init(_ values: [Double], _ counts: [Double], mean: Double) {
    self.mean = mean
    // From the mean, so that nothing is lost where all values are large and alike.
    let buckets = zip(values, counts).map { (offset: $0 - mean, count: $1) }
    let small = buckets.filter { $0.count < Self.common }.sorted { Self.lean($0) > Self.lean($1) }
    rare = small.prefix(Self.farthest).map { ($0.offset, $0.count, exp(-$0.count)) }
    for (offset, count) in buckets.filter({ $0.count >= Self.common }) + small.dropFirst(Self.farthest) {
      commonCount += count
      commonOffset += count * offset
      commonSquare += count * offset * offset
    }
  }

  /// What a bucket adds to the third moment.
  private static func lean(_ bucket: (offset: Double, count: Double)) -> Double {
    bucket.count * abs(bucket.offset * bucket.offset * bucket.offset)
  }

  func draw(_ random: inout RandomSource) -> Double {
    var count = 0.0
    var offset = 0.0
    if commonCount > 0 {
      let first = random.normal()
      count = max(0, commonCount + commonCount.squareRoot() * first)
      let shared = commonOffset / commonCount.squareRoot()
      offset = commonOffset + shared * first + max(0, commonSquare - shared * shared).squareRoot() * random.normal()
    }
    for bucket in rare {
      let drawn = random.poisson(bucket.count, none: bucket.none)
      count += drawn
      offset += drawn * bucket.offset
    }
    return count > 0 ? mean + offset / count : mean
  }
}
