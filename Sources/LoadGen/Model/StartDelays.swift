public import Histogram

/// How long after their planned times the streams of an open model began, in microseconds: how true the tester was to its plan.
/// Three significant digits, at most a day, bounded memory.
public struct StartDelays: Sendable {
  public private(set) var histogram = Histogram<UInt64>(
    lowestDiscernibleValue: 1, highestTrackableValue: highest, numberOfSignificantValueDigits: .three)

  public init() {}

  /// - Parameter histogram: of microseconds, with the limits of this type.
  init(_ histogram: Histogram<UInt64>) { self.histogram = histogram }

  /// Streams that began.
  public var count: UInt64 { histogram.totalCount }

  /// In microseconds; 0 when none began.
  public func percentile(_ percent: Double) -> Int64 { Int64(clamping: histogram.valueAtPercentile(percent)) }

  /// In microseconds; 0 when none began.
  public var longest: Int64 { count == 0 ? 0 : Int64(clamping: histogram.max) }

  /// A stream that began before its time would be 0.
  public mutating func record(nanoseconds: Int64) {
    histogram.record(min(UInt64(max(0, nanoseconds)) / 1000, Self.highest))
  }

  public mutating func merge(_ other: StartDelays) { histogram.add(other.histogram) }

  private static let highest: UInt64 = 86_400_000_000
}
