public import ArgumentParser

/// A length of time as people write it: `200ms`, `30s`, `1m30s`, `1h`. A unit is required, so that `-z 5` is a question
/// and not a guess; `0` alone is allowed.
public struct TimeSpan: Sendable, Hashable, ExpressibleByArgument {
  /// Never negative.
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) { self.nanoseconds = max(0, nanoseconds) }

  public static func seconds(_ value: Double) -> TimeSpan {
    TimeSpan(nanoseconds: Int64(exactly: (value * 1e9).rounded()) ?? Int64.max)
  }

  public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Nil when a unit is missing or unknown, or the total does not fit.
  public init?(argument text: String) {
    if text == "0" {
      nanoseconds = 0
      return
    }
    var rest = text
    var total: Double = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
      guard let (number, tail) = splitNumber(rest) else { return nil }
      let unit = tail.prefix { $0.isLetter || $0 == "µ" }
      guard let scale = Self.nanosecondsPerUnit[unit.lowercased()] else { return nil }
      total += number * scale
      rest = String(tail[unit.endIndex...])
    }
    guard let exact = Int64(exactly: total.rounded()) else { return nil }
    nanoseconds = exact
  }

  public var defaultValueDescription: String { HumanText.duration(seconds) }

  private static let nanosecondsPerUnit: [String: Double] = [
    "ns": 1, "us": 1e3, "µs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "min": 60e9, "h": 3600e9,
  ]
}
