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
  /// Whether there are samples enough for the draws to say something.
  let isEnough: Bool

  /// One measured number: nothing says how far another run's would be from it.
  var isSingle: Bool { if case .single = kind { true } else { false } }

  private init(_ kind: Kind, _ value: Double, isEnough: Bool = true) {
    (self.kind, self.value, self.isEnough) = (kind, value, isEnough)
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
  }

  private static func of(_ samples: SampleDistribution, _ aggregation: Threshold.Aggregation) -> Estimate {
    let rank: Double
    switch aggregation {
    case .avg: return Estimate(.mean(samples), samples.mean, isEnough: samples.count >= leastForMean)
    case .min: rank = 1
    case .max: rank = samples.count
    case .percentile(let percentile): rank = samples.rank(percentile: percentile)
    default: rank = samples.rank(percentile: 50)
    }
    let isExtreme = aggregation == .min || aggregation == .max
    let isEnough =
      isExtreme
      ? samples.count >= leastForExtreme : rank > leastBeyond && samples.count - rank >= leastBeyond
    return Estimate(.quantile(samples, rank: rank), samples.value(rank: rank), isEnough: isEnough)
  }

  private static func share(_ count: Int, of all: Double) -> Estimate? {
    all > 0 ? Estimate(.share(count: Double(count), of: all), Double(count) / all) : nil
  }

  /// A value that this run could as well have had.
  func draw(_ random: inout RandomSource) -> Double {
    switch kind {
    case .quantile(let samples, let rank): samples.resampled(rank: rank, &random)
    case .mean(let samples): samples.resampledMean(&random)
    // Resampling a run without failures would say that there can be none. Jeffreys' half a failure and half a success do
    // not, and hold what they promise for small counts too.
    case .share(let count, let all): random.beta(count + 0.5, all - count + 0.5)
    case .perSecond(let count, let seconds): random.gamma(count) / seconds
    case .single: value
    }
  }

  // Below these a resample holds the same few values again and again, and its interval is narrower than the truth.
  private static let leastForMean = 30.0
  private static let leastForExtreme = 100.0
  private static let leastBeyond = 5.0
}
