internal import NIOCore

/// Writes one flat JSON object as a line of ASCII.
///
/// Text that came from outside can be anything; everything that is not printable ASCII leaves here as `\uXXXX`, so that no
/// control character, terminal sequence or broken encoding ever reaches a log. Costs one allocation a line.
struct LogLine {
  private(set) var bytes: [UInt8] = []

  init() {
    bytes.reserveCapacity(1024)
    bytes.append(UInt8(ascii: "{"))
  }

  /// Nil is null.
  mutating func field(_ name: StaticString, _ value: String?) {
    key(name)
    guard var value else { return null() }
    bytes.append(UInt8(ascii: "\""))
    let isPlain = value.withUTF8 { utf8 in
      for byte in utf8 where !(0x20..<0x7F).contains(byte) || byte == 0x22 || byte == 0x5C { return false }
      bytes.append(contentsOf: utf8)
      return true
    }
    if !isPlain { escape(value) }
    bytes.append(UInt8(ascii: "\""))
  }

  mutating func field(_ name: StaticString, _ value: Int64?) {
    key(name)
    guard let value else { return null() }
    bytes.append(contentsOf: String(value).utf8)
  }

  mutating func field(_ name: StaticString, _ value: Bool?) {
    key(name)
    guard let value else { return null() }
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  /// In milliseconds, to the microsecond.
  mutating func field(_ name: StaticString, _ value: TimeAmount?) {
    key(name)
    guard let value else { return null() }
    bytes.append(contentsOf: Milliseconds.text(value).utf8)
  }

  mutating func end() { bytes.append(contentsOf: [UInt8(ascii: "}"), UInt8(ascii: "\n")]) }

  private mutating func null() { bytes.append(contentsOf: "null".utf8) }

  private mutating func key(_ name: StaticString) {
    if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
  }

  private mutating func escape(_ value: String) {
    for unit in value.utf16 {
      switch unit {
      case 0x22, 0x5C: bytes.append(contentsOf: [0x5C, UInt8(truncatingIfNeeded: unit)])
      case 0x20..<0x7F: bytes.append(UInt8(truncatingIfNeeded: unit))
      default:
        bytes.append(contentsOf: [0x5C, UInt8(ascii: "u")])
        for shift in [12, 8, 4, 0] as [UInt16] { bytes.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> shift))) }
      }
    }
  }
}

enum Hex {
  /// Of the low four bits, in lower case.
  static func digit(_ value: UInt8) -> UInt8 {
    let value = value & 15
    return value < 10 ? 48 + value : 87 + value
  }
}

/// Times as logs and `Server-Timing` show them.
enum Milliseconds {
  /// With three decimals, never negative.
  static func text(_ time: TimeAmount) -> String {
    let microseconds = max(0, time.nanoseconds) / 1000
    let rest = String(microseconds % 1000)
    return "\(microseconds / 1000)." + String(repeating: "0", count: 3 - rest.utf8.count) + rest
  }
}

/// `2026-11-06T08:49:37.123Z` (RFC 3339).
enum Timestamp {
  /// - Parameter milliseconds: since 1970.
  static func text(milliseconds: UInt64) -> String {
    let days = Int64(clamping: milliseconds / 86_400_000)
    let time = Int(milliseconds % 86_400_000)
    let (year, month, day) = civil(days)
    var text = padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) + "T"
    text += padded(time / 3_600_000, 2) + ":" + padded(time / 60_000 % 60, 2) + ":" + padded(time / 1000 % 60, 2)
    return text + "." + padded(time % 1000, 3) + "Z"
  }

  /// The Gregorian date, counted in eras of 400 years that begin on 1 March, so that the leap day comes last.
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = Int(min(days, 2_932_896)) + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}
