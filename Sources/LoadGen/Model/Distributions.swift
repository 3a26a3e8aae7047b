public import Histogram

/// The distributions of ended streams. Times are in microseconds, throughput in bytes a second; three significant
/// digits, bounded memory. Each loop thread owns one; they are merged once, at the end.
public struct Distributions: Sendable {
  public enum Metric: String, CaseIterable, Sendable {
    /// Response head.
    case ttfh
    /// First body byte.
    case ttfb
    /// Last byte.
    case ttlb
    /// Longest silence inside a body.
    case gapMax = "gap_max"
    case dns
    case connect
    case tls
    case throughput

    fileprivate var place: Int {
      switch self {
      case .ttfh: 0
      case .ttfb: 1
      case .ttlb: 2
      case .gapMax: 3
      case .dns: 4
      case .connect: 5
      case .tls: 6
      case .throughput: 7
      }
    }
  }

  /// By the metric's place; nil before the first value.
  private var histograms = [Histogram<UInt64>?](repeating: nil, count: Metric.allCases.count)

  public init() {}

  /// Negative values are recorded as 0, values past the range as its end.
  public mutating func record(_ metric: Metric, _ value: Int64) {
    let clamped = UInt64(Swift.min(Swift.max(0, value), Self.highest))
    if histograms[metric.place]?.record(clamped) == nil {
      var first = Self.empty()
      first.record(clamped)
      histograms[metric.place] = first
    }
  }

  public func histogram(_ metric: Metric) -> Histogram<UInt64>? { histograms[metric.place] }

  /// Takes a whole distribution in, as `merge` does.
  mutating func add(_ metric: Metric, _ histogram: Histogram<UInt64>) {
    var mine = histograms[metric.place] ?? Self.empty()
    mine.add(histogram)
    histograms[metric.place] = mine
  }

  public mutating func merge(_ other: Distributions) {
    for metric in Metric.allCases {
      guard let histogram = other.histograms[metric.place] else { continue }
      if var mine = histograms[metric.place] {
        mine.add(histogram)
        histograms[metric.place] = mine
      } else {
        histograms[metric.place] = histogram
      }
    }
  }

  /// One day in microseconds, and 86 GB/s: nothing here is larger.
  static let highest: Int64 = 86_400_000_000

  static func empty() -> Histogram<UInt64> {
    Histogram<UInt64>(
      lowestDiscernibleValue: 1, highestTrackableValue: UInt64(highest), numberOfSignificantValueDigits: .three)
  }
}
