internal import Histogram

/// A distribution without loss, as the report holds it, so that reports can be added and compared exactly.
///
/// `counts` is text, `VALUE:COUNT VALUE:COUNT …` in rising order: a pair of JSON numbers on lines of their own would make the
/// report ten times as long. A value stands for its bucket of `significantDigits` digits; the first one is the smallest
/// that was recorded and the last one the largest, exactly.
struct ReportHistogram: Codable, Sendable, Equatable {
  enum Unit: String, Codable, Sendable {
    case microseconds = "us"
    case bytesPerSecond = "bytes_per_second"
  }

  let unit: Unit
  let significantDigits: Int
  let counts: String

  /// Nil for a distribution without samples.
  init?(_ histogram: Histogram<UInt64>?, unit: Unit) {
    guard let histogram, histogram.totalCount > 0 else { return nil }
    self.unit = unit
    significantDigits = Self.digits
    counts = Self.pairs(of: histogram).map { "\($0.value):\($0.count)" }.joined(separator: " ")
  }

  /// The buckets in rising order, each with a value out of it; the ends are exact.
  private static func pairs(of histogram: Histogram<UInt64>) -> [(value: UInt64, count: UInt64)] {
    var pairs: [(value: UInt64, count: UInt64)] = histogram.recordedValues().map {
      (histogram.lowestEquivalentForValue($0.value), $0.count)
    }
    guard let only = pairs.first, let last = pairs.indices.last else { return [] }
    let (low, high) = (histogram.min, histogram.maxRecorded)
    if pairs.count == 1 && low != high && only.count > 1 {
      return [(low, 1), (high, only.count - 1)]
    }
    pairs[0].value = low
    pairs[last].value = high
    return pairs
  }

  /// What is wrong with a text of counts, to be set behind the histogram's name.
  struct Malformed: Error, Equatable { var reason: String }

  /// The distribution again: every figure made of it is the one that the first report has.
  func histogram() throws(Malformed) -> Histogram<UInt64> {
    guard significantDigits == Self.digits else {
      throw Malformed(reason: "\(significantDigits) significant digits; this version has \(Self.digits)")
    }
    var histogram = Distributions.empty()
    var budget = WeightBudget()
    var previous: UInt64 = 0
    for pair in counts.utf8.split(separator: UInt8(ascii: " ")) {
      guard let (value, count) = Self.pair(pair) else {
        throw Malformed(reason: "'\(OptionText.shown(String(decoding: pair, as: UTF8.self)))' is not VALUE:COUNT")
      }
      guard value >= previous else { throw Malformed(reason: "the values do not rise") }
      guard value <= Distributions.highest, budget.take(value: value, count: count) else {
        throw Malformed(reason: "\(value):\(count) is more than can be added up")
      }
      histogram.record(value, count: count)
      previous = value
    }
    guard histogram.totalCount > 0 else { throw Malformed(reason: "has no counts") }
    return histogram
  }

  private static func pair(_ text: Substring.UTF8View) -> (value: UInt64, count: UInt64)? {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, let value = number(parts[0]), let count = number(parts[1]), count > 0 else { return nil }
    return (value, count)
  }

  /// Digits alone: `+1` is none.
  private static func number(_ text: Substring.UTF8View) -> UInt64? {
    guard text.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt64(Substring(text))
  }

  static let digits = 3

  enum CodingKeys: String, CodingKey {
    case unit, counts
    case significantDigits = "significant_digits"
  }
}

/// What a histogram may hold: its iterator multiplies values by counts and traps where that is past 64 bits, so what comes
/// from files is added up here first.
struct WeightBudget {
  private var weight: UInt64 = 0

  /// False when the sum would be too large.
  mutating func take(value: UInt64, count: UInt64) -> Bool {
    // The iterator takes a bucket's upper end, a thousandth above the value at most.
    let (product, isTooLarge) = (value + value / 512 + 1).multipliedReportingOverflow(by: count)
    guard !isTooLarge else { return false }
    let (sum, overflows) = weight.addingReportingOverflow(product)
    guard !overflows else { return false }
    weight = sum
    return true
  }

  mutating func take(_ histogram: Histogram<UInt64>) -> Bool {
    histogram.recordedValues().allSatisfy { take(value: $0.value, count: $0.count) }
  }
}
