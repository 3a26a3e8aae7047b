import Histogram
import Testing

@testable import LoadGen

/// A screen's percentiles are the report's.
@Suite struct RunLatencyTests {
  @Test func shapesSayWhatTheHistogramsSay() throws {
    var distributions = Distributions()
    var random = GzipFixture.Random(state: 7)
    for _ in 0..<5000 { distributions.record(.ttfb, Int64(random.below(1000) * random.below(5000))) }
    distributions.record(.ttfb, 60_000_000)
    distributions.record(.dns, 3)
    let latency = RunLatency(distributions)
    #expect(latency.isWhole && Set(latency.shapes.keys) == [.ttfb, .dns])
    let shape = try #require(latency.shapes[.ttfb])
    let histogram = try #require(distributions.histogram(.ttfb))
    for (rank, value) in zip(RunLatency.ranks, shape.percentiles) {
      #expect(value == Int64(histogram.valueAtPercentile(rank)), "p\(rank)")
    }
    #expect(shape.percentiles.count == RunLatency.ranks.count)
    #expect(shape.count == 5001 && shape.buckets.total == 5001)
    #expect(shape.min == Int64(histogram.min) && shape.max == Int64(histogram.maxRecorded))
    #expect(abs(shape.mean - histogram.mean) <= histogram.mean / 1000)
    let one = try #require(latency.shapes[.dns])
    #expect(one.percentiles == Array(repeating: 3, count: RunLatency.ranks.count) && one.min == 3 && one.max == 3)
    #expect(RunLatency(Distributions()).shapes.isEmpty)
  }

  @Test func threadsAreMergedOnceForEachRenewal() {
    func report(_ version: Int, _ values: [Int64]) -> LoopReport {
      var report = LoopReport()
      var distributions = Distributions()
      for value in values { distributions.record(.ttfb, value) }
      report.distributions = distributions
      report.distributionsVersion = version
      return report
    }
    var merged = MergedDistributions()
    #expect(merged.updated([report(1, [1, 2]), report(1, [3])])?.count(.ttfb) == 3)
    #expect(merged.version == 1)
    // Nobody said that something is new.
    #expect(merged.updated([report(1, [1, 2, 5]), report(1, [3])])?.count(.ttfb) == 3)
    #expect(merged.version == 1)
    #expect(merged.updated([report(1, [1, 2]), report(2, [3, 4])])?.count(.ttfb) == 4)
    #expect(merged.updated([LoopReport()]) == nil)
  }
}
