import Testing

@testable import LoadGen

/// What processes did at the same time stands at the same time, and nothing of it is lost.
@Suite struct SeriesAddingTests {
  /// Samples as a busy machine makes them: each begins a few milliseconds beside the second.
  private static func series(_ seconds: Int, perSecond: Int, early: Double = 0.003) -> TimeSeries {
    let samples = (0..<seconds).map { second in
      var sample = SeriesSample()
      sample.atSeconds = second == 0 ? 0 : Double(second) - early
      sample.seconds = Double(second + 1) - early - sample.atSeconds
      sample.streams = perSecond
      sample.failed = perSecond / 10
      sample.bytesWire = Int64(perSecond) * 1001
      sample.active = 5
      sample.ttlb.record(1000, count: Int64(perSecond))
      return sample
    }
    return TimeSeries(intervalSeconds: 1, samples: samples)
  }

  @Test func noSecondStandsInAnothersPlace() {
    let sum = TimeSeries(adding: [(0, Self.series(10, perSecond: 100)), (0, Self.series(10, perSecond: 100))])
    #expect(sum.samples.map(\.streams) == [Int](repeating: 200, count: 10))
    #expect(sum.samples.map(\.atSeconds) == (0..<10).map(Double.init))
    let late = TimeSeries(adding: [(0, Self.series(10, perSecond: 100, early: -0.03))])
    #expect(late.samples.map(\.streams) == [Int](repeating: 100, count: 10))
  }

  /// Who began half a second later shares its seconds among two of the others'.
  @Test(arguments: [0.25, 0.5, 0.7]) func aSampleIsSpreadOverWhatItCovers(_ offset: Double) throws {
    let (first, second) = (Self.series(8, perSecond: 100), Self.series(8, perSecond: 60))
    let sum = TimeSeries(adding: [(0, first), (offset, second)])
    for sample in sum.samples.dropFirst().prefix(7) {
      // A steady load looks steady, but for the milliseconds and the rounding.
      #expect(abs(sample.streams - 160) <= 3, "\(sum.samples.map(\.streams))")
      #expect(abs(sample.ttlb.total - 160) <= 3 && sample.failed <= sample.streams && sample.active == 10)
    }
    #expect(sum.samples.reduce(0) { $0 + $1.streams } == 8 * 160)
    #expect(sum.samples.reduce(0) { $0 + $1.failed } == 8 * 16)
    #expect(sum.samples.reduce(0) { $0 + $1.bytesWire } == 8 * 160 * 1001)
    #expect(sum.samples.reduce(0) { $0 + $1.ttlb.total } == 8 * 160)
    let last = try #require(sum.samples.last)
    #expect(abs(last.atSeconds + last.seconds - (8 + offset)) < 0.01)
    #expect(sum.isPossible)
  }

  @Test func coarseAndShortOnesFindTheirPlace() {
    var coarse = SeriesSample()
    (coarse.seconds, coarse.streams) = (4, 401)
    var rest = SeriesSample()
    (rest.atSeconds, rest.seconds, rest.streams) = (0.97, 0.02, 7)
    let sum = TimeSeries(adding: [
      (0, TimeSeries(intervalSeconds: 1, samples: [coarse])), (0, TimeSeries(intervalSeconds: 1, samples: [rest])),
    ])
    #expect(sum.samples.map(\.streams).reduce(0, +) == 408)
    #expect(sum.samples.count == 4 && sum.samples.allSatisfy { (100...108).contains($0.streams) })
    #expect(sum.samples[0].streams >= 107)
    #expect(TimeSeries(adding: []).samples.isEmpty)
  }
}
