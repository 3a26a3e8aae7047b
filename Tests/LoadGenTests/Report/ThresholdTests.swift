import Testing

@testable import LoadGen

@Suite struct ThresholdTests {
  private func outcome(
    _ metric: Threshold.Metric, _ aggregation: Threshold.Aggregation, _ comparison: Threshold.Comparison,
    _ bound: Double, _ result: RunResult
  ) -> Threshold.Outcome {
    Threshold(expression: "x", metric: metric, aggregation: aggregation, comparison: comparison, bound: bound)
      .outcome(counters: result.counters, distributions: result.distributions, memory: result.memory)
  }

  @Test func oneBadStreamInAMillionFails() {
    var counters = Counters()
    counters.streams = 1_000_000
    counters.ok = 999_999
    counters.failed = 1
    counters.verdicts[.corruptCRC] = 1
    for threshold in Threshold.implicit {
      let outcome = threshold.outcome(counters: counters, distributions: Distributions(), memory: TargetMemory())
      #expect(!outcome.passed)
      #expect(outcome.value == 0.000001)
    }
  }

  @Test func implicitOnesPassOnAGoodRun() {
    let result = SampleResults.passed
    let outcomes = Threshold.implicit.map {
      $0.outcome(counters: result.counters, distributions: result.distributions, memory: result.memory)
    }
    #expect(outcomes.map(\.expression) == ["stream_failed:rate == 0", "gzip_invalid:rate == 0"])
    #expect(outcomes.allSatisfy { $0.passed && $0.value == 0 })
  }

  @Test func whatWasNotMeasuredDoesNotPass() {
    let empty = SampleResults.empty
    for metric in [.streamFailed, .gzipInvalid(nil), .dropped, .late] as [Threshold.Metric] {
      #expect(outcome(metric, .rate, .equal, 0, empty) == .init(expression: "x", value: nil, passed: false))
    }
    #expect(outcome(.distribution(.ttfb), .percentile(95), .less, 1, empty).passed == false)
    #expect(outcome(.targetRSS, .value, .less, 1e12, empty) == .init(expression: "x", value: nil, passed: false))
    #expect(outcome(.targetRSSPeak, .value, .less, 1e12, empty).value == nil)
    #expect(outcome(.distribution(.ttlb), .rate, .less, 1, SampleResults.passed).value == nil)
  }

  @Test(
    arguments: [
      (.less, false, true), (.lessOrEqual, true, true), (.greater, false, false), (.greaterOrEqual, true, false),
      (.equal, true, false), (.notEqual, false, true),
    ] as [(Threshold.Comparison, Bool, Bool)])
  func comparisons(comparison: Threshold.Comparison, atBound: Bool, below: Bool) {
    #expect(comparison.holds(2, 2) == atBound)
    #expect(comparison.holds(1, 2) == below)
  }

  @Test func metricsAndTags() {
    let failed = SampleResults.failed
    let naive = SampleResults.naive
    #expect(outcome(.streams, .count, .equal, 200, failed).passed)
    #expect(outcome(.streamFailed, .count, .equal, 11, failed).passed)
    #expect(outcome(.gzipInvalid(.truncated), .count, .equal, 10, failed).passed)
    #expect(outcome(.gzipInvalid(.corruptCRC), .count, .equal, 0, failed).passed)
    #expect(outcome(.gzipInvalid(nil), .rate, .equal, 0.05, failed).passed)
    #expect(outcome(.http(status: 502, cause: nil), .rate, .equal, 1, naive).passed)
    #expect(outcome(.http(status: 502, cause: .lengthAndChunked), .count, .equal, 200, naive).passed)
    #expect(outcome(.http(status: 502, cause: .functionError), .count, .equal, 0, naive).passed)
    #expect(outcome(.http(status: 503, cause: .functionError), .count, .equal, 0, naive).passed)
  }

  @Test func waitsArrivalsAndRates() {
    var result = SampleResults.passed
    result.counters.pauses.slowStarts = 20
    result.counters.pauses.silentGaps = 3
    result.counters.pauses.stalled = 1
    result.counters.dropped = 50
    result.counters.late = 10
    #expect(outcome(.slowStart, .rate, .equal, 0.1, result).passed)
    #expect(outcome(.silentGap, .count, .equal, 3, result).passed)
    #expect(outcome(.stalled, .count, .equal, 1, result).passed)
    #expect(outcome(.dropped, .count, .equal, 50, result).passed)
    // Of all that were planned, begun or not.
    #expect(outcome(.dropped, .rate, .equal, 0.2, result).passed)
    #expect(outcome(.late, .rate, .equal, 0.05, result).passed)
    let rate = Threshold(
      expression: "x", metric: .streams, aggregation: .rate, comparison: .equal, bound: 50)
    let measured = Threshold.Measured(
      counters: result.counters, distributions: Distributions(), memory: TargetMemory(), seconds: 4)
    #expect(rate.outcome(measured).passed)
    #expect(outcome(.streams, .rate, .less, 1, result).value == nil)
  }

  /// In the report: the value with its unit, or why there is none; the JSON form keeps its three names.
  @Test func entriesOfTheReport() throws {
    var result = SampleResults.passed
    result.plan.thresholds = try [
      "stream_ttfh:p(50) < 1s", "stream_failed:rate < 1%", "streams:rate >= 10", "target_rss_peak < 64MiB",
      "stream_tls:max < 1s",
    ].map { try Threshold.parse($0) }
    let entries = RunReport(result).thresholds
    #expect(
      entries.map(\.shown) == ["100ms", "0%", "50/s", "24.0 MiB", "not measured: no TLS connection was made"])
    #expect(entries.map(\.unit) == [.seconds, .share, .perSecond, .bytes, .seconds])
    #expect(entries.map(\.metric) == ["stream_ttfh", "stream_failed", "streams", "target_rss_peak", "stream_tls"])
    #expect(entries.map(\.passed) == [true, true, true, true, false])
    #expect(try !RunReport(result).json().contains("shown"))
  }

  /// What a failing condition of a running load may still become.
  @Test(
    arguments: [
      ("stream_failed:rate == 0", .isLost), ("stream_failed:rate < 1%", .isFailing),
      ("stream_failed:count < 5", .isLost),
      ("stream_failed:count == 5", .isLost), ("stream_failed:count == 12", .isOpen),
      ("stream_failed:count != 11", .isOpen), ("stream_failed:rate < 50%", .holds), ("streams:count >= 1000", .isOpen),
      ("streams:count == 200", .holds), ("streams:rate > 100", .isFailing), ("stream_ttfh:max < 100ms", .isLost),
      ("stream_ttfh:max > 5s", .isOpen), ("stream_ttfh:min > 5s", .isLost), ("stream_ttfh:min < 1us", .isOpen),
      ("stream_ttfh:p(95) < 100ms", .isFailing), ("stream_ttfh:avg < 10ms", .isFailing),
      ("stream_tls:max < 1s", .isOpen),
      ("target_rss < 64MiB", .isOpen), ("http_502:count == 0", .holds),
    ] as [(String, Threshold.Prospect)])
  func prospects(text: String, prospect: Threshold.Prospect) throws {
    let result = SampleResults.failed
    let measured = Threshold.Measured(
      counters: result.counters, distributions: result.distributions, memory: result.memory, seconds: 4)
    #expect(try Threshold.parse(text).prospect(measured) == prospect)
  }

  @Test func distributionsInSecondsAndBytes() throws {
    let result = SampleResults.passed
    func value(_ metric: Distributions.Metric, _ aggregation: Threshold.Aggregation) throws -> Double {
      try #require(outcome(.distribution(metric), aggregation, .less, 1, result).value)
    }
    #expect(try value(.ttfh, .min) == 0.001)
    #expect(try value(.ttfh, .max) == 0.2)
    #expect(abs(try value(.ttfh, .med) - 0.1) < 0.001)
    #expect(abs(try value(.ttfh, .percentile(95)) - 0.19) < 0.001)
    #expect(abs(try value(.ttfh, .avg) - 0.1005) < 0.001)
    #expect(try value(.ttfh, .count) == 200)
    #expect(try value(.throughput, .max) == 30_000_000)
    #expect(outcome(.targetRSSPeak, .value, .less, 64 * 1024 * 1024, result).passed)
    #expect(outcome(.targetRSS, .value, .equal, 22_020_096, result).passed)
  }
}
