internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Times of day as events and log lines write them.
enum EventTime {
  /// Since 1970.
  static func milliseconds() -> Int64 {
    Int64(clamping: WallClock.milliseconds())
  }

  /// `12/Mar/2020:19:03:58 +0000`
  static func requestTime(_ milliseconds: Int64) -> String {
    let parts = Self.parts(milliseconds)
    return "\(parts.day)/\(parts.month)/\(parts.year):\(parts.clock) +0000"
  }

  /// `2020-03-12T19:03:58.390Z`
  static func timestamp(_ milliseconds: Int64) -> String {
    let parts = Self.parts(milliseconds)
    let fraction = String(1000 + Int(milliseconds % 1000)).dropFirst()
    return "\(parts.year)-\(parts.monthNumber)-\(parts.day)T\(parts.clock).\(fraction)Z"
  }

  private struct Parts {
    var day, month, monthNumber, year, clock: String
  }

  private static func parts(_ milliseconds: Int64) -> Parts {
    var second = time_t(milliseconds / 1000)
    var fields = tm()
    gmtime_r(&second, &fields)
    return Parts(
      day: two(fields.tm_mday), month: months[Int(fields.tm_mon) % 12],
      monthNumber: two(fields.tm_mon &+ 1), year: String(Int(fields.tm_year) + 1900),
      clock: "\(two(fields.tm_hour)):\(two(fields.tm_min)):\(two(fields.tm_sec))")
  }

  private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
