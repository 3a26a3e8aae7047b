internal import ToolSupport

/// What a threshold's numbers are. The raw value is the word for it in reports.
public enum ThresholdUnit: String, Sendable, CaseIterable {
  case count
  /// 0…1.
  case share
  case seconds
  case bytes
  case bytesPerSecond = "bytes_per_second"
  case perSecond = "per_second"

  /// A value as a person reads it: `12.3ms`, `0.5%`, `64.0 MiB`.
  public func text(_ value: Double) -> String {
    switch self {
    case .count: Self.number(value)
    case .share: Self.percent(value)
    case .seconds: HumanText.duration(value)
    case .bytes: HumanText.size(Int64(exactly: value.rounded()) ?? .max)
    case .bytesPerSecond: HumanText.rate(value)
    case .perSecond: "\(Self.number((value * 10).rounded() / 10))/s"
    }
  }

  /// Two digits that count, however small: a share that did not pass is never shown as 0%.
  private static func percent(_ share: Double) -> String {
    let percent = share * 100
    guard percent.isFinite, percent != 0 else { return "0%" }
    guard percent.magnitude < 1 else { return number((percent * 100).rounded() / 100) + "%" }
    var scale = 10.0
    while percent.magnitude * scale < 10, scale < 1e12 { scale *= 10 }
    return number((percent * scale).rounded() / scale) + "%"
  }

  private static func number(_ value: Double) -> String {
    if value == value.rounded(), value.magnitude < 1e15 { return HumanText.grouped(Int(value)) }
    guard value.magnitude < 0.0001 else { return "\(value)" }
    return HumanText.fixed(value, 12).trimmingZeros
  }
}

extension String {
  /// Of a decimal fraction.
  fileprivate var trimmingZeros: String {
    var text = self
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
