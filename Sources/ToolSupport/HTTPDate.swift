#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `Sun, 06 Nov 1994 08:49:37 GMT`: IMF-fixdate (RFC 9110 §5.6.7), made at most once a second. One for an event loop.
public struct HTTPDate: Sendable {
  private var second: Int64 = .min
  private var cached = ""

  public init() {}

  /// - Parameter seconds: since 1970.
  public mutating func text(seconds: Int64) -> String {
    if seconds != second {
      second = seconds
      cached = Self.format(seconds)
    }
    return cached
  }

  public mutating func now() -> String { text(seconds: Int64(time(nil))) }

  public static func format(_ seconds: Int64) -> String {
    var time = time_t(clamping: seconds)
    var parts = tm()
    guard gmtime_r(&time, &parts) != nil else { return "Thu, 01 Jan 1970 00:00:00 GMT" }
    let day = days[Int(parts.tm_wday) % 7]
    let month = months[Int(parts.tm_mon) % 12]
    let clock = "\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))"
    return "\(day), \(two(parts.tm_mday)) \(month) \(parts.tm_year &+ 1900) \(clock) GMT"
  }

  private static func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
