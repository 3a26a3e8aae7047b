import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// Streams that are slow together are fewer than they look, and runs that differ say by how much.
@Suite struct DependenceTests {
  /// A run of seconds in which all streams are faster or slower together.
  ///
  /// - Parameter steadiness: of the seconds; nil is all alike.
  private static func run(_ seed: UInt64, seconds: Int = 30, perSecond: Int = 40, steadiness: Double?) -> RunResult {
    var random = RandomSource(seed: seed)
    var result = SampleResults.empty
    result.durationSeconds = Double(seconds)
    var samples: [SeriesSample] = []
    for second in 0..<seconds {
      let pace = steadiness.map { random.gamma($0) / $0 } ?? 1
      var sample = SeriesSample()
      (sample.atSeconds, sample.seconds) = (Double(second), 1)
      for _ in 0..<perSecond {
        let time = Int64(20_000 * random.gamma(4) * pace)
        for metric in [Distributions.Metric.ttfb, .ttlb] { result.distributions.record(metric, time) }
        sample.ttfb.record(time)
        sample.ttlb.record(time)
        sample.streams += 1
        if pace > 1.2 && random.uniform() < 0.3 { sample.failed += 1 }
      }
      result.counters.streams += sample.streams
      result.counters.failed += sample.failed
      samples.append(sample)
    }
    result.counters.ok = result.counters.streams - result.counters.failed
    result.series = TimeSeries(intervalSeconds: 1, samples: samples)
    return result
  }

  private static func factors(_ result: RunResult) -> [Double] {
    let found = Dependence(result.series)
    return [
      found.ofMean(\.ttlb), found.ofPercentile(50, of: \.ttfb), found.ofPercentile(95, of: \.ttlb), found.ofRate(),
      found.ofShare({ Int64($0.failed) }, of: { Int64($0.streams) }),
    ]
  }

  @Test func independentStreamsAreWorthWhatTheyAre() {
    for seed in UInt64(1)...10 {
      let factors = Self.factors(Self.run(seed, seconds: 60, steadiness: nil))
      #expect(factors.allSatisfy { (1..<6).contains($0) }, "\(factors)")
    }
  }

  @Test func streamsThatHangTogetherAreWorthLess() {
    for seed in UInt64(1)...10 {
      let factors = Self.factors(Self.run(seed, seconds: 60, steadiness: 4))
      #expect(factors[0] > 10 && factors[1] > 5 && factors[2] > 2 && factors[4] > 3, "\(factors)")
    }
    // Slow for a quarter of the run: seconds alone do not show how few that are.
    var result = Self.run(1, seconds: 64, steadiness: nil)
    let slow = Self.run(2, seconds: 16, perSecond: 40, steadiness: nil)
    let samples = result.series.samples.enumerated().map { index, sample in
      index < 16 ? Self.twice(slow.series.samples[index]) : sample
    }
    result.series = TimeSeries(intervalSeconds: 1, samples: samples)
    #expect(Dependence(result.series).ofMean(\.ttlb) > 30)
  }

  /// All its times twice as long: two buckets further.
  private static func twice(_ sample: SeriesSample) -> SeriesSample {
    var out = sample
    out.ttlb = LatencyBuckets()
    for (index, count) in sample.ttlb.counts.enumerated() where count > 0 {
      out.ttlb.record(LatencyBuckets.bounds[min(index + 2, LatencyBuckets.bounds.count - 1)], count: count)
    }
    return out
  }

  @Test func tooShortARunTellsNothing() {
    for result in [SampleResults.empty, SampleResults.passed, Self.run(1, seconds: 7, steadiness: 4)] {
      #expect(!Dependence(result.series).isKnown && Self.factors(result).allSatisfy { $0 == 1 })
    }
    #expect(Dependence(Self.run(1, seconds: 8, steadiness: 4).series).isKnown)
  }

  /// Two runs of the same thing whose seconds differ: without the series a tenth of them and more is called worse.
  @Test func sameRunsAreRarelyCalledWorse() throws {
    let limits = try ["stream_ttlb:med", "stream_ttfb:avg", "stream_ttlb:p(95)"].map {
      try RegressionLimit.parse("\($0)=0%")
    }
    var (told, untold) = ([0, 0, 0], [0, 0, 0])
    for trial in UInt64(0)..<100 {
      let (base, new) = (Self.run(2 * trial + 1, steadiness: 20), Self.run(2 * trial + 2, steadiness: 20))
      var (bareBase, bareNew) = (base, new)
      bareBase.series = TimeSeries()
      bareNew.series = TimeSeries()
      for (index, limit) in limits.enumerated() {
        let row = ComparisonRow(limit.figure, limit: limit, base: base, new: new, seed: trial)
        let bare = ComparisonRow(limit.figure, limit: limit, base: bareBase, new: bareNew, seed: trial)
        told[index] += row.isRegression ? 1 : 0
        untold[index] += bare.isRegression ? 1 : 0
      }
    }
    #expect(told.allSatisfy { $0 <= 7 } && untold.allSatisfy { $0 >= 10 }, "\(told) and \(untold) of 100")
  }

  @Test func whatIsWorseIsStillFound() throws {
    let limit = try RegressionLimit.parse("stream_ttlb:med=5%")
    let (base, new) = (Self.run(1, seconds: 60, steadiness: 20), Self.run(2, seconds: 60, steadiness: 20))
    var slower = new
    slower.distributions = Distributions()
    for bucket in try #require(new.distributions.histogram(.ttlb)).recordedValues() {
      for _ in 0..<bucket.count { slower.distributions.record(.ttlb, Int64(bucket.value * 3 / 2)) }
    }
    #expect(ComparisonRow(limit.figure, limit: limit, base: base, new: slower, seed: 0).isRegression)
  }

  // MARK: - Several runs

  @Test func betweenRunsTheirOwnSpreadCounts() {
    // By hand: means 10 and 13, pooled variance 1, four degrees of freedom, t 2.776.
    let interval = StudentT.interval(base: [9, 10, 11], new: [12, 13, 14])
    #expect(abs(interval.lowerBound - (3 - 2.2666)) < 0.001 && abs(interval.upperBound - (3 + 2.2666)) < 0.001)
    #expect(StudentT.interval(base: [9, 10, 11], new: [10.5, 11.5, 12.5]).contains(0))
    #expect(StudentT.interval(base: [5, 5], new: [5]) == 0...0)
    #expect(StudentT.interval(base: [5, 5], new: [6]) == 1...1)
    #expect(StudentT.quantile(degrees: 1) == 12.706 && StudentT.quantile(degrees: 0) == .infinity)
    #expect(
      abs(StudentT.quantile(degrees: 40) - 2.021) < 0.003 && abs(StudentT.quantile(degrees: 1000) - 1.962) < 0.002)
  }

  /// Runs that differ as runs do, each of them with so many streams that its own interval is narrow.
  @Test func runsThatDifferAreNoRegression() throws {
    let limit = try RegressionLimit.parse("stream_ttlb:med=0%")
    func run(_ seed: UInt64, _ scale: Double) -> RunResult {
      var random = RandomSource(seed: seed)
      var result = SampleResults.empty
      result.durationSeconds = 1
      for _ in 0..<2000 { result.distributions.record(.ttlb, Int64(20_000 * scale * random.gamma(4))) }
      result.counters.streams = 2000
      return result
    }
    let (base, new) = ([run(1, 1), run(2, 1.2), run(3, 0.9)], [run(4, 1.15), run(5, 0.95), run(6, 1.05)])
    #expect(ComparisonRow(limit.figure, limit: limit, base: base[0], new: new[0], seed: 0).isRegression)
    let row = ComparisonRow(limit.figure, limit: limit, base: base, new: new, seed: 0)
    #expect(row.isOfRuns && row.verdict == .noise && !row.isRegression)
    let slow = (7...9).map { run($0, 2) }
    #expect(ComparisonRow(limit.figure, limit: limit, base: base, new: slow, seed: 0).isRegression)
    // A figure that one of the runs does not have is missing.
    #expect(
      ComparisonRow(limit.figure, limit: limit, base: base + [SampleResults.empty], new: new, seed: 0).verdict
        == .missing)
  }
}
