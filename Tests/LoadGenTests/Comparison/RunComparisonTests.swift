import Histogram
import Testing
import ToolSupport

@testable import LoadGen

/// What chance does is called noise, and what chance does not do is found.
@Suite struct RunComparisonTests {
  /// Times as services have them: most alike, some long. Microseconds.
  private static func run(_ seed: UInt64, samples: Int, scale: Double = 1, failed: Int = 0) -> RunResult {
    var random = RandomSource(seed: seed)
    var result = SampleResults.empty
    result.durationSeconds = 10
    for _ in 0..<samples {
      let isSlow = random.uniform() < 0.03
      let time = scale * (isSlow ? 400_000 : 20_000) * random.gamma(4)
      for metric in [Distributions.Metric.ttfb, .ttlb, .throughput] { result.distributions.record(metric, Int64(time)) }
    }
    result.counters.streams = samples
    result.counters.failed = failed
    result.counters.ok = samples - failed
    return result
  }

  private static func compare(
    _ base: RunResult, _ new: RunResult, _ limits: [String] = [], seed: UInt64 = 0
  ) throws -> RunComparison {
    var parsed: [RegressionLimit] = []
    for text in limits { parsed.append(try RegressionLimit.parse(text)) }
    return try RunComparison(
      base: NamedReport(path: "base.json", report: RunReport(base)),
      new: NamedReport(path: "new.json", report: RunReport(new)), limits: parsed, seed: seed)
  }

  static let figures = [
    "stream_ttfb:avg", "stream_ttfb:med", "stream_ttfb:p(95)", "stream_ttfb:p(99)", "stream_ttfb:max",
    "stream_throughput:avg", "stream_failed:rate",
  ]

  /// Two runs of the same thing: at most one in twenty may be called worse, with a limit that allows nothing.
  @Test(arguments: figures) func sameRunsAreRarelyCalledWorse(_ figure: String) throws {
    let limit = try RegressionLimit.parse("\(figure)=0%")
    var worse = 0
    var better = 0
    for trial in UInt64(0)..<200 {
      var random = RandomSource(seed: 5000 + trial)
      let failures = (0..<2).map { _ in (0..<1000).reduce(0) { sum, _ in sum + (random.uniform() < 0.01 ? 1 : 0) } }
      let left = Self.run(2 * trial + 1, samples: 1000, failed: failures[0])
      let right = Self.run(2 * trial + 2, samples: 1000, failed: failures[1])
      let row = ComparisonRow(limit.figure, limit: limit, base: left, new: right, seed: trial)
      #expect(row.interval != nil)
      worse += row.isRegression ? 1 : 0
      better += row.verdict == .better ? 1 : 0
    }
    #expect(worse <= 10 && better <= 10, "\(worse) worse, \(better) better of 200")
  }

  @Test(arguments: ["stream_ttfb:avg", "stream_ttfb:med", "stream_ttfb:p(90)", "stream_ttfb:p(99)"])
  func aFifthMoreIsFound(_ figure: String) throws {
    var found = 0
    for trial in UInt64(0)..<20 {
      let comparison = try Self.compare(
        Self.run(2 * trial + 1, samples: 20_000), Self.run(2 * trial + 2, samples: 20_000, scale: 1.2),
        ["\(figure)=10%"], seed: trial)
      found += comparison.exit == .thresholdFailed ? 1 : 0
      // The other way round it is better.
      let back = try Self.compare(
        Self.run(2 * trial + 2, samples: 20_000, scale: 1.2), Self.run(2 * trial + 1, samples: 20_000),
        ["\(figure)=0%"], seed: trial)
      #expect(back.exit == .passed)
    }
    #expect(found >= 18, "\(found) of 20")
  }

  @Test func lessThroughputIsWorse() throws {
    let (fast, slow) = (Self.run(1, samples: 5000, scale: 1.3), Self.run(2, samples: 5000))
    #expect(try Self.compare(fast, slow, ["stream_throughput:avg=10%"]).exit == .thresholdFailed)
    let row = try #require(try Self.compare(slow, fast, ["stream_throughput:avg=10%"]).rows.first)
    #expect(row.verdict == .better && !row.isRegression)
  }

  @Test func aLimitThatIsKeptIsNoRegression() throws {
    let (base, new) = (Self.run(1, samples: 50_000), Self.run(2, samples: 50_000, scale: 1.05))
    let row = try #require(try Self.compare(base, new, ["stream_ttfb:avg=10%"]).rows.first)
    #expect(row.verdict == .worse && !row.isBeyondLimit && !row.isRegression)
    #expect(try Self.compare(base, new, ["stream_ttfb:avg=1ms"]).exit == .thresholdFailed)
    #expect(try Self.compare(base, new, ["stream_ttfb:avg=1m"]).exit == .passed)
  }

  @Test func fewSamplesProveNothing() throws {
    for count in [1, 2, 9] {
      let (base, new) = (Self.run(1, samples: count), Self.run(2, samples: count, scale: 3))
      let comparison = try Self.compare(base, new, Self.figures.dropLast().map { "\($0)=1%" })
      // A limit that nobody could judge was not kept.
      #expect(comparison.exit == .thresholdFailed && comparison.regressions.isEmpty && comparison.unjudged.count == 6)
      #expect(comparison.rows.prefix(6).allSatisfy { $0.verdict == .tooFew && $0.interval == nil })
      let line = ComparisonWords.judgement(comparison.rows[0])
      #expect(line.contains(": cannot tell: needs 30 samples, has \(count) ("), "\(line)")
      let allowing = try RunComparison(
        base: comparison.base, new: comparison.new, limits: comparison.rows.compactMap(\.limit), seed: 0,
        allowsFew: true)
      #expect(allowing.exit == .passed && !allowing.text(color: false).contains("passed"))
      #expect(try Self.compare(base, new).exit == .passed)
    }
  }

  /// Percentiles that nobody means are judged as any other, and end no process.
  @Test(arguments: ["1e-300", "1e-12", "99.99999999999999"]) func percentilesAtTheEdge(_ rank: String) throws {
    let (base, new) = (Self.run(1, samples: 9), Self.run(2, samples: 9))
    let comparison = try Self.compare(base, new, ["stream_ttfb:p(\(rank))=1%"])
    #expect(comparison.exit == .thresholdFailed && comparison.unjudged.count == 1)
    #expect(comparison.text(color: false).contains("samples, has 9"))
    #expect(ComparisonReport(comparison).figures.first?.samplesNeeded ?? 0 > 1_000_000)
  }

  /// The number that is said is the one from which there is an interval.
  @Test(arguments: [
    ("avg", 30), ("med", 11), ("p(90)", 50), ("p(95)", 100), ("p(99)", 500), ("p(5)", 101), ("max", 100),
  ])
  func theSamplesThatAreNeeded(_ word: String, _ least: Int) throws {
    let limit = try RegressionLimit.parse("stream_ttfb:\(word)=1%")
    func row(_ count: Int) -> ComparisonRow {
      ComparisonRow(
        limit.figure, limit: limit, base: Self.run(1, samples: count), new: Self.run(2, samples: count), seed: 0)
    }
    #expect(row(least).interval != nil && !row(least).isUnjudged)
    let few = row(least - 1)
    #expect(few.isUnjudged && few.samples?.least == Double(least) && few.samples?.count == Double(least - 1))
  }

  /// Shares that are the same differ by nothing, however many streams they were seen in.
  @Test func equalSharesAreNoise() throws {
    func row(_ base: (Int, Int), _ new: (Int, Int)) throws -> ComparisonRow {
      let (left, right) = (
        Self.run(1, samples: 0, failed: 0), Self.run(2, samples: 0, failed: 0)
      )
      var (one, other) = (left, right)
      (one.counters.failed, one.counters.streams) = base
      (other.counters.failed, other.counters.streams) = new
      return ComparisonRow(
        try RegressionLimit.parse("stream_failed=0").figure, limit: nil, base: one, new: other, seed: 0)
    }
    for (small, large) in [(20, 1_000_000), (100, 100_000), (1, 10_000)] {
      #expect(try row((0, small), (0, large)).verdict == .noise)
      #expect(try row((0, large), (0, small)).verdict == .noise)
      // One failure where there was none is not better, however many streams it was among.
      #expect(try row((0, small), (1, large)).verdict == .noise)
    }
    #expect(try row((0, 1000), (50, 1000)).verdict == .worse)
  }

  @Test func nothingMeasuredIsNotPassed() throws {
    let measured = Self.run(1, samples: 500)
    for (base, new, place) in [
      (SampleResults.empty, measured, "the base"), (measured, SampleResults.empty, "the new report"),
      (SampleResults.empty, SampleResults.empty, "either report"),
    ] {
      let comparison = try Self.compare(base, new, ["stream_ttfb:p(95)=10%"])
      #expect(comparison.exit == .thresholdFailed)
      #expect(
        comparison.text(color: false).hasSuffix("REGRESSION   stream_ttfb:p(95)=10%: not measured in \(place)\n"))
      #expect(try Self.compare(base, new).exit == .passed)
    }
    #expect(try Self.compare(SampleResults.empty, SampleResults.empty).rows.isEmpty)
  }

  @Test func failuresFromNone() throws {
    func verdict(_ before: Int, _ after: Int, of count: Int = 1000) throws -> ComparisonRow.Verdict? {
      let (base, new) = (
        Self.run(1, samples: count, failed: before), Self.run(1, samples: count, failed: after)
      )
      return try Self.compare(base, new, ["stream_failed:rate=0"]).rows.first?.verdict
    }
    #expect(try verdict(0, 0) == .noise)
    #expect(try verdict(0, 1) == .noise)
    #expect(try verdict(0, 10) == .worse)
    #expect(try verdict(10, 0) == .better)
    #expect(try verdict(0, 1, of: 1) == .noise)
  }

  @Test func pointsAndSharesOfShares() throws {
    let (base, new) = (Self.run(1, samples: 10_000, failed: 100), Self.run(2, samples: 10_000, failed: 200))
    #expect(try Self.compare(base, new, ["stream_failed:rate=0.5%"]).exit == .thresholdFailed)
    #expect(try Self.compare(base, new, ["stream_failed=1.1%"]).exit == .passed)
    #expect(try Self.compare(base, new, ["stream_failed:rate=0.005"]).exit == .thresholdFailed)
  }

  @Test func oneNumberEachIsTakenAsItIs() throws {
    let base = SampleResults.passed
    var new = base
    new.memory.rssPeakBytes = 30_000_000
    #expect(try Self.compare(base, new, ["target_rss_peak=10%"]).exit == .thresholdFailed)
    #expect(try Self.compare(base, new, ["target_rss_peak=8MiB"]).exit == .passed)
    #expect(try Self.compare(new, base, ["target_rss_peak=0%"]).exit == .passed)
    #expect(try Self.compare(base, SampleResults.failed, ["target_rss_peak=10%"]).exit == .thresholdFailed)
  }

  @Test func fewerStreamsASecond() throws {
    var new = Self.run(2, samples: 10_000)
    new.durationSeconds = 13
    let base = Self.run(1, samples: 10_000)
    #expect(try Self.compare(base, new, ["streams:rate=10%"]).exit == .thresholdFailed)
    #expect(try Self.compare(base, new, ["streams:rate=250"]).exit == .passed)
  }

  @Test func sameSeedSameIntervals() throws {
    let (base, new) = (Self.run(1, samples: 1000), Self.run(2, samples: 1000))
    let alone = try Self.compare(base, new, ["stream_ttfb:p(95)=10%"], seed: 3)
    let among = try Self.compare(base, new, ["stream_ttlb:med=1%", "stream_ttfb:p(95)=10%"], seed: 3)
    #expect(alone.rows[0].interval == among.rows[1].interval)
    let other = try Self.compare(base, new, ["stream_ttfb:avg=10%"], seed: 4).rows[0].interval
    #expect(try Self.compare(base, new, ["stream_ttfb:avg=10%"], seed: 3).rows[0].interval != other)
  }

  @Test func nothingIsNaN() throws {
    var zero = SampleResults.empty
    zero.counters.streams = 500
    zero.counters.ok = 500
    for _ in 0..<500 { for metric in Distributions.Metric.allCases { zero.distributions.record(metric, 0) } }
    let runs = [SampleResults.empty, zero, Self.run(1, samples: 1), Self.run(1, samples: 500), SampleResults.refused]
    for base in runs {
      for new in runs {
        let comparison = try Self.compare(base, new, Self.figures.map { "\($0)=10%" })
        for text in [try comparison.json(), comparison.text(color: false), comparison.markdown()] {
          #expect(!text.lowercased().contains("nan") && !text.contains("inf"), "\(text)")
        }
        for line in comparison.text(color: false).split(separator: "\n") {
          // A change of many thousandfold takes more room than a sane one.
          #expect(line.count <= 90, "\(line)")
        }
      }
    }
  }

  /// The work does not grow with the samples; the bound is wide, and a resample of each sample would take minutes.
  @Test func tenMillionSamplesAreQuick() throws {
    var base = SampleResults.empty
    base.counters.streams = 10_000_000
    base.counters.ok = 10_000_000
    base.durationSeconds = 100
    var histogram = Distributions.empty()
    var random = RandomSource(seed: 1)
    for _ in 0..<10_000 { histogram.record(UInt64(1000 * random.gamma(2)), count: 1000) }
    base.distributions.add(.ttfb, histogram)
    let start = ContinuousClock.now
    let comparison = try Self.compare(base, base, ["stream_ttfb:avg=1%", "stream_ttfb:p(95)=1%"])
    #expect(ContinuousClock.now - start < .seconds(20))
    #expect(comparison.rows.prefix(2).allSatisfy { $0.verdict == .noise && $0.interval != nil })
  }

  @Test func otherPlansArePointedOut() throws {
    var new = SampleResults.passed
    new.plan.concurrency = 17
    new.interrupted = true
    new.client.busyFraction = 0.95
    let text = try Self.compare(SampleResults.passed, new).text(color: false)
    #expect(text.contains("warning      the plans differ in concurrency: 16 and 17\n"))
    #expect(text.contains("warning      new.json was interrupted: it is a part of its plan\n"))
    #expect(text.contains("warning      new.json: the tester itself was at its limit;"))
    #expect(try Self.compare(SampleResults.passed, SampleResults.passed).warnings.isEmpty)
  }
}
