import Histogram
import Testing

@testable import LoadGen

@Suite struct LatencyBucketsTests {
  @Test func boundsAreHalfOctavesFromAHundredMicrosecondsToOverAnHour() {
    let bounds = LatencyBuckets.bounds
    #expect(bounds.first == 100 && bounds[2] == 200 && bounds[4] == 400)
    #expect(bounds[1] == 141 && bounds[3] == 283)
    #expect((bounds.last ?? 0) > 3_600_000_000)
    for (low, high) in zip(bounds, bounds.dropFirst()) { #expect(abs(Double(high) / Double(low) - 1.41421) < 0.01) }
  }

  @Test(arguments: [
    (Int64.min, 0), (-1, 0), (0, 0), (100, 0), (101, 1), (141, 1), (142, 2), (200, 2),
    (.max, LatencyBuckets.bounds.count),
  ])
  func aTimeBelongsToTheFirstBoundThatItDoesNotPass(microseconds: Int64, bucket: Int) {
    #expect(LatencyBuckets.bucket(of: microseconds) == bucket)
    var buckets = LatencyBuckets()
    buckets.record(microseconds)
    #expect(buckets.counts[bucket] == 1 && buckets.total == 1)
  }

  @Test func sumsDoNotTrap() {
    var buckets = LatencyBuckets()
    buckets.record(.max, count: .max)
    buckets.record(.max)
    #expect(buckets.sum == .max)
    buckets.add(buckets)
    #expect(buckets.sum == .max)
  }

  @Test func differencesAreWhatHappenedInBetween() {
    var early = LatencyBuckets()
    early.record(150)
    var late = early
    late.record(150, count: 2)
    late.record(5000)
    let between = late.since(early)
    #expect(between.total == 3 && between.sum == 5300 && between.counts[2] == 2)
    #expect(early.since(late).total == 0)
  }

  @Test func percentilesAreWithinTheirBucket() throws {
    var buckets = LatencyBuckets()
    #expect(buckets.percentile(50) == nil)
    for microseconds in 1...100_000 as ClosedRange<Int64> { buckets.record(microseconds) }
    for rank in [1.0, 25, 50, 90, 99] {
      let exact = rank / 1000
      let found = try #require(buckets.percentile(rank))
      #expect(found >= exact / 1.42 && found <= exact * 1.42, "p\(rank): \(found)")
    }
    #expect(try #require(buckets.percentile(100)) >= 0.1)
    for wild in [-1, 1e9, .infinity, -.infinity] as [Double] { #expect(buckets.percentile(wild)?.isFinite == true) }
  }

  @Test func theTextIsReadBack() throws {
    var buckets = LatencyBuckets()
    for time in [0, 150, 12_800, 1_638_400, .max] as [Int64] { buckets.record(time, count: 3) }
    #expect(buckets.text == "0.0001:3 0.0002:3 0.0128:3 1.6384:3 inf:3")
    #expect(try #require(LatencyBuckets(text: buckets.text)).counts == buckets.counts)
    #expect(LatencyBuckets(text: "")?.total == 0)
    for text in ["1", "0.0001:0", "0.0001:-1", "0.0001:x", "0.00011:1", "0.0001:1:1", "Inf:1"] {
      #expect(LatencyBuckets(text: text) == nil, "\(text)")
    }
  }

  /// A histogram's coarse form has the same streams in it, each in the bucket that its time belongs to.
  @Test func aHistogramBecomesBuckets() throws {
    var (distributions, direct) = (Distributions(), LatencyBuckets())
    for step in 1...2000 as ClosedRange<Int64> {
      distributions.record(.ttlb, step * step)
      direct.record(step * step)
    }
    let coarse = LatencyBuckets(try #require(distributions.histogram(.ttlb)))
    #expect(coarse.total == direct.total)
    #expect(abs(Double(coarse.sum) / Double(direct.sum) - 1) < 0.001)
    for (left, right) in zip(coarse.counts, direct.counts) { #expect(abs(left - right) <= 2) }
  }
}
