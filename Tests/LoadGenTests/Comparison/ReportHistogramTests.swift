import Histogram
import Testing

@testable import LoadGen

/// A distribution in a report is the distribution.
@Suite struct ReportHistogramTests {
  private func histogram(_ values: [Int64]) throws -> Histogram<UInt64> {
    var distributions = Distributions()
    for value in values { distributions.record(.ttfb, value) }
    return try #require(distributions.histogram(.ttfb))
  }

  private func roundTrip(_ values: [Int64]) throws -> (before: Histogram<UInt64>, after: Histogram<UInt64>) {
    let before = try histogram(values)
    let stored = try #require(ReportHistogram(before, unit: .microseconds))
    return (before, try stored.histogram())
  }

  @Test(
    arguments: [
      [0], [1], [5, 5, 5], [0, 0, 7], [1_000_003], [1_000_001, 1_000_400], [1_000_001, 1_000_200, 1_000_400],
      [3, 1_000_001, 86_400_000_000], [2047, 2048, 2049, 4095, 4096, 4097],
    ] as [[Int64]]) func nothingIsLost(_ values: [Int64]) throws
  {
    let (before, after) = try roundTrip(values)
    #expect(Summary(after, scale: 1) == Summary(before, scale: 1))
    #expect(before.recordedValues().map(\.value) == after.recordedValues().map(\.value))
    #expect(before.recordedValues().map(\.count) == after.recordedValues().map(\.count))
  }

  @Test func nothingIsLostOfAnyDistribution() throws {
    for seed in UInt64(0)..<20 {
      var random = RandomSource(seed: seed)
      let values = (0..<500).map { _ in Int64(1000 * random.gamma(0.5 + Double(seed))) }
      let (before, after) = try roundTrip(values)
      #expect(Summary(after, scale: 1e-6) == Summary(before, scale: 1e-6))
      for rank in stride(from: 0.0, through: 100, by: 0.5) {
        #expect(before.valueAtPercentile(rank) == after.valueAtPercentile(rank))
      }
    }
  }

  @Test func isOneShortText() throws {
    let stored = try #require(ReportHistogram(try histogram([250, 250, 1_000_001, 5]), unit: .microseconds))
    #expect(stored.counts == "5:1 250:2 1000001:1")
    #expect(stored.unit == .microseconds && stored.significantDigits == 3)
  }

  @Test func withoutSamplesThereIsNone() {
    #expect(ReportHistogram(nil, unit: .microseconds) == nil)
    #expect(ReportHistogram(Distributions.empty(), unit: .microseconds) == nil)
  }

  @Test(arguments: [
    ("", "has no counts"), ("5", "'5' is not VALUE:COUNT"), ("5:", "'5:' is not VALUE:COUNT"),
    ("5:0", "'5:0' is not VALUE:COUNT"), ("5:-1", "'5:-1' is not VALUE:COUNT"), ("+5:1", "'+5:1' is not VALUE:COUNT"),
    ("5:1:1", "'5:1:1' is not VALUE:COUNT"), ("5:1 4:1", "the values do not rise"),
    ("86400000001:1", "86400000001:1 is more than can be added up"),
    ("5:18446744073709551615", "5:18446744073709551615 is more than can be added up"),
    ("5:18446744073709551616", "'5:18446744073709551616' is not VALUE:COUNT"),
    ("1000:9000000000000000 2000:9000000000000000", "2000:9000000000000000 is more than can be added up"),
  ]) func refusesWhatIsNone(_ counts: String, _ reason: String) throws {
    let json = #"{"unit": "us", "significant_digits": 3, "counts": "\#(counts)"}"#
    let stored = try JSONText.decode(ReportHistogram.self, json)
    #expect(throws: ReportHistogram.Malformed(reason: reason)) { try stored.histogram() }
  }
}
