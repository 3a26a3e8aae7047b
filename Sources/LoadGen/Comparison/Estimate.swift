/// A figure of one run: what it is, and what it could as well have been.
struct Estimate {
  private enum Kind {
    case quantile(SampleDistribution, rank: Double)
    case mean(SampleDistribution)
    case share(count: Double, of: Double)
    case perSecond(count: Double, seconds: Double)
    case single
  }

  let value: Double
  private let kind: Kind
  /// Samples that the figure is made of, and the fewest for the draws to say something.
  let samples: Double
  let leastSamples: Double
  /// Samples that scatter together as much as one that is independent (`Dependence`).
  private var dependence = 1.0

  var isEnough: Bool { samples >= leastSamples }

  /// One measured number: nothing says how far another run's would be from it.
  var isSingle: Bool { if case .single = kind { true } else { false } }

  private init(_ kind: Kind, _ value: Double, samples: Double = 1, least: Double = 0) {
    (self.kind, self.value, self.samples, leastSamples) = (kind, value, samples, least)
  }

  /// Nil when the run has no such figure.
  init?(_ figure: ComparedFigure, _ run: RunResult) {
    let counters = run.counters
    let streams = Double(counters.streams)
    let found: Estimate? =
      switch figure.metric {
      case .distribution(let metric):
        SampleDistribution(run.distributions.histogram(metric), scale: metric == .throughput ? 1 : 1e-6).map {
          Self.of($0, figure.aggregation)
        }
      case .streams:
        run.durationSeconds > 0 && streams > 0
          ? Estimate(.perSecond(count: streams, seconds: run.durationSeconds), streams / run.durationSeconds) : nil
      case .streamFailed: Self.share(counters.failed, of: streams)
      case .gzipInvalid: Self.share(counters.invalid, of: streams)
      case .late: Self.share(counters.late, of: streams)
      case .dropped: Self.share(counters.dropped, of: streams + Double(counters.dropped))
      case .targetRSS: run.memory.rssBytes.map { Estimate(.single, Double($0)) }
      case .targetRSSPeak: run.memory.rssPeakBytes.map { Estimate(.single, Double($0)) }
      default: nil
      }
    guard let found, found.value.isFinite else { return nil }
    self = found
    dependence = Self.dependence(figure, Dependence(run.series))
  }

  /// Series have times to the first and to the last byte; what else hangs together does so as these do.
  private static func dependence(_ figure: ComparedFigure, _ streams: Dependence) -> Double {
    switch figure.metric {
    case .distribution(let metric):
      let buckets: KeyPath<SeriesSample, LatencyBuckets> = metric == .ttfb ? \.ttfb : \.ttlb
      switch figure.aggregation {
      case .avg: return streams.ofMean(buckets)
      case .percentile(let rank):
        let slow = streams.ofPercentile(rank, of: buckets)
        return metric == .throughput ? max(slow, streams.ofPercentile(100 - rank, of: buckets)) : slow
      // An extreme is one stream's.
      case .min, .max: return 1
      default: return streams.ofPercentile(50, of: buckets)
      }
    case .streams: return streams.ofRate()
    case .streamFailed, .gzipInvalid: return streams.ofShare({ Int64($0.failed) }, of: { Int64($0.streams) })
    default: return 1
    }
  }

  private static func of(_ samples: SampleDistribution, _ aggregation: Threshold.Aggregation) -> Estimate {
    let (rank, least): (Double, Double)
    switch aggregation {
    case .avg: return Estimate(.mean(samples), samples.mean, samples: samples.count, least: leastForMean)
    case .min: (rank, least) = (1, leastForExtreme)
    case .max: (rank, least) = (samples.count, leastForExtreme)
    case .percentile(let percentile): (rank, least) = (samples.rank(percentile: percentile), fewest(percentile))
    default: (rank, least) = (samples.rank(percentile: 50), fewest(50))
    }
    return Estimate(
      .quantile(samples, rank: rank), samples.value(rank: rank), samples: samples.count, least: least)
  }

  /// Of which more than five lie below a percentile and five above it. (The little that is taken off is what a division may
  /// have too much.)
  private static func fewest(_ percentile: Double) -> Double {
    let least = max(
      (100 * leastBeyond / (100 - percentile) - 1e-6).rounded(.up),
      (100 * leastBeyond / percentile + 1e-6).rounded(.up))
    return min(least, most)
  }

  private static func share(_ count: Int, of all: Double) -> Estimate? {
    all > 0 ? Estimate(.share(count: Double(count), of: all), Double(count) / all) : nil
  }

  /// A value that this run could as well have had. Of samples that hang together there are as many as are independent.
  func draw(_ random: inout RandomSource) -> Double {
    switch kind {
    case .quantile(let samples, let rank): samples.resampled(rank: rank, dependence: dependence, &random)
    case .mean(let samples):
      samples.mean + (samples.resampledMean(&random) - samples.mean) * dependence.squareRoot()
    // Resampling a run without failures would say that there can be none. Jeffreys' half a failure and half a success do
    // not, and hold what they promise for small counts too.
    case .share(let count, let all): random.beta(count / dependence + 0.5, (all - count) / dependence + 0.5)
    case .perSecond(let count, let seconds): random.gamma(count / dependence) * dependence / seconds
    case .single: value
    }
  }

  // Below these a resample holds the same few values again and again, and its interval is narrower than the truth.
  private static let leastForMean = 30.0
  private static let leastForExtreme = 100.0
  private static let leastBeyond = 5.0
  /// No run has so many, and it is a number that can be said: p(1e-300) would need more than any integer holds.
  private static let most = 1e15
}
