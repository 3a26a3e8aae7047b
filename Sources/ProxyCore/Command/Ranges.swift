internal import ToolSupport

/// What an option may be, checked with one wording.
enum Ranges {
  static func number(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws(ToolFailure) -> Int {
    guard range.contains(value) else {
      throw .usage(option, "\(value): must be from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  static func size(_ value: ByteSize, _ range: ClosedRange<Int64>, _ option: String) throws(ToolFailure) -> Int {
    guard range.contains(value.bytes) else {
      let (low, high) = (HumanText.exactSize(range.lowerBound), HumanText.exactSize(range.upperBound))
      throw .usage(option, "\(HumanText.exactSize(value.bytes)): must be from \(low) to \(high)")
    }
    return Int(clamping: value.bytes)
  }

  /// Zero, or long enough to be meant; and short enough that sums of times never overflow.
  static func time(
    _ value: TimeSpan, to longest: Duration = .seconds(8760 * 3600), _ option: String
  ) throws(ToolFailure) -> Duration {
    let duration = Duration.nanoseconds(value.nanoseconds)
    guard duration == .zero || (.milliseconds(1)...longest).contains(duration) else {
      let high = longest == .seconds(8760 * 3600) ? "8760h" : HumanText.duration(Double(longest.components.seconds))
      throw .usage(option, "\(HumanText.duration(value.seconds)): must be 0 or from 1ms to \(high)")
    }
    return duration
  }
}
