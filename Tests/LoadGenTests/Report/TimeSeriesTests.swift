import Testing

@testable import LoadGen

@Suite struct TimeSeriesTests {
  private static func snapshot(
    _ seconds: Double, streams: Int, failed: Int = 0, active: Int = 0, rss: Int64? = nil, finished: Bool = false
  ) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.elapsedSeconds = seconds
    snapshot.counters.streams = streams
    snapshot.counters.failed = failed
    snapshot.counters.bytesWire = Int64(streams) * 1000
    for index in 0..<streams { snapshot.counters.ttlbBuckets.record(Int64(index) * 100) }
    snapshot.active = active
    snapshot.memory.rssBytes = rss
    snapshot.phase = finished ? .finished : .running
    return snapshot
  }

  @Test func aSampleASecond() {
    var series = TimeSeries()
    series.observe(Self.snapshot(0, streams: 0, active: 9, rss: 70))
    series.observe(Self.snapshot(0.5, streams: 40, active: 3, rss: 50))
    #expect(series.samples.isEmpty)
    series.observe(Self.snapshot(1.02, streams: 100, failed: 2, active: 3, rss: 60))
    series.observe(Self.snapshot(2.0, streams: 150, failed: 2, active: 3))
    #expect(series.samples.map(\.streams) == [100, 50])
    #expect(series.samples.map(\.failed) == [2, 0])
    #expect(series.samples.map(\.bytesWire) == [100_000, 50_000])
    #expect(series.samples.map(\.atSeconds) == [0, 1.02])
    #expect(series.samples.map(\.ttlb.total) == [100, 50])
    // The highest that was seen in each, and nothing where nobody said anything.
    #expect(series.samples.map(\.active) == [9, 3])
    #expect(series.samples.map(\.rssBytes) == [70, nil])
  }

  @Test func aRunOfLessThanASecondHasOneSample() {
    var series = TimeSeries()
    series.observe(Self.snapshot(0.01, streams: 0, active: 1))
    series.observe(Self.snapshot(0.08, streams: 7, finished: true))
    series.observe(Self.snapshot(0.08, streams: 7, finished: true))
    #expect(series.samples.count == 1)
    #expect(series.samples.first?.seconds == 0.08)
    #expect(series.samples.first?.streams == 7)
    var nothing = TimeSeries()
    nothing.observe(Self.snapshot(0, streams: 0, finished: true))
    #expect(nothing.samples.isEmpty)
  }

  /// What comes in the last few milliseconds would look like a peak if it were a sample.
  @Test func aShortRestBelongsToTheLastSample() {
    var series = TimeSeries()
    series.observe(Self.snapshot(1, streams: 10))
    series.observe(Self.snapshot(1.01, streams: 18, finished: true))
    #expect(series.samples.map(\.streams) == [18])
    #expect(abs((series.samples.first?.seconds ?? 0) - 1.01) < 1e-9)
    series = TimeSeries()
    series.observe(Self.snapshot(1, streams: 10))
    series.observe(Self.snapshot(1.5, streams: 18, finished: true))
    #expect(series.samples.map(\.streams) == [10, 8])
  }

  @Test func aLongRunHasCoarserSamplesAndTheSameTotals() {
    var series = TimeSeries()
    for second in 1...5000 {
      var snapshot = Snapshot()
      snapshot.elapsedSeconds = Double(second)
      snapshot.counters.streams = second * 3
      snapshot.counters.bytesWire = Int64(second) * 7
      snapshot.counters.ttlbBuckets.record(1000, count: Int64(second))
      snapshot.active = second
      snapshot.phase = second == 5000 ? .finished : .running
      series.observe(snapshot)
    }
    #expect(series.samples.count <= TimeSeries.maximumSamples)
    #expect(series.samples.count > TimeSeries.maximumSamples / 2 - 1)
    #expect(series.intervalSeconds == 16)
    #expect(series.samples.reduce(0) { $0 + $1.streams } == 15_000)
    #expect(series.samples.reduce(0) { $0 + $1.bytesWire } == 35_000)
    #expect(series.samples.reduce(0) { $0 + $1.ttlb.total } == 5000)
    #expect(series.samples.map(\.active).max() == 5000)
    for (sample, next) in zip(series.samples, series.samples.dropFirst()) {
      #expect(abs(sample.atSeconds + sample.seconds - next.atSeconds) < 1e-6)
    }
    let few = series.reduced(to: 100)
    #expect(few.samples.count <= 100 && few.samples.reduce(0) { $0 + $1.streams } == 15_000)
    #expect(series.reduced(to: 0) == series)
  }

  @Test func timeThatGoesBackwardsChangesNothing() {
    var series = TimeSeries()
    series.observe(Self.snapshot(3, streams: 10))
    series.observe(Self.snapshot(1, streams: 5))
    series.observe(Self.snapshot(.nan, streams: 5))
    #expect(series.samples.count == 1)
    series.observe(Self.snapshot(4, streams: 12, finished: true))
    #expect(series.samples.map(\.streams) == [10, 2])
  }
}
