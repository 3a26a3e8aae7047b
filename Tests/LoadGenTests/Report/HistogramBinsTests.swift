import Testing

@testable import LoadGen

@Suite struct HistogramBinsTests {
  private static func bins(_ values: [Int64], maximum: Int = 12) throws -> HistogramBins {
    var distributions = Distributions()
    for value in values { distributions.record(.ttlb, value) }
    return HistogramBins(try #require(distributions.histogram(.ttlb)), scale: 1e-6, maximum: maximum)
  }

  @Test func evenStepsWhereTimesLieCloseTogether() throws {
    let bins = try Self.bins((0...100).map { 100_000 + $0 * 1000 })
    #expect(!bins.isLogarithmic)
    let steps = zip(bins.bins, bins.bins.dropFirst()).map { (($1.high - $0.high) * 1000).rounded() }
    #expect(Set(steps) == [10])
    #expect(bins.bins.reduce(0) { $0 + $1.count } == 101)
  }

  @Test func factorsWhereTheyHaveATail() throws {
    let bins = try Self.bins([1000, 1100, 1200, 50_000, 2_000_000])
    #expect(bins.isLogarithmic)
    #expect(bins.bins.map(\.count).reduce(0, +) == 5)
    #expect(bins.bins.first?.count ?? 0 > 0 && bins.bins.last?.count ?? 0 > 0)
    #expect(bins.bins.first?.high ?? 0 <= 0.0015 && bins.bins.last?.high == 2)
  }

  /// Whatever was recorded: few bins, none lost, ends not empty, bounds rising.
  @Test(
    arguments: [
      [0], [1], [0, 0, 0], [5, 5, 5], [0, 86_400_000_000], [1, 2], [1, 3, 900_000_000],
      [999_999, 1_000_000, 1_000_001],
      [86_400_000_000], [100, 400], [100, 401],
    ] as [[Int64]], [2, 12, 40])
  func everyStreamIsInABin(values: [Int64], maximum: Int) throws {
    let bins = try Self.bins(values, maximum: maximum).bins
    #expect(bins.count <= maximum && !bins.isEmpty)
    #expect(bins.reduce(0) { $0 + $1.count } == values.count)
    #expect(bins.first?.count ?? 0 > 0 && bins.last?.count ?? 0 > 0)
    for (low, high) in zip(bins, bins.dropFirst()) { #expect(low.high < high.high && low.high == high.low) }
    #expect((bins.last?.high ?? 0) * 1.001 >= Double(values.max() ?? 0) * 1e-6)
  }
}
