internal import ToolSupport

/// `--start-at` as it is typed: RFC 3339 in UTC, or `@` and seconds since 1970. Both may have a fraction.
enum StartTime {
  /// A run that begins late catches up with its plan; later than this it was meant for another day.
  static let pastLimit = 60.0
  static let futureLimit = 86_400.0

  /// Seconds since 1970, near `now`.
  static func parse(_ text: String, now: Double) throws(ToolFailure) -> Double {
    guard let time = text.hasPrefix("@") ? number(text.dropFirst()) : timestamp(text) else {
      throw OptionText.refusal(
        "--start-at", text, "not a time; write it in UTC like 2026-11-22T10:00:00Z, or like @1795341600")
    }
    let ahead = time - now
    if ahead < -pastLimit {
      throw OptionText.refusal(
        "--start-at", text,
        "was \(HumanText.duration(-ahead)) ago, and at most \(HumanText.duration(pastLimit)) is caught up")
    }
    if ahead > futureLimit {
      throw OptionText.refusal(
        "--start-at", text,
        "is \(HumanText.duration(ahead)) ahead, and at most \(HumanText.duration(futureLimit)) is waited")
    }
    return time
  }

  /// What there is to say of a plan that was over before its process began; nil of any other.
  static func note(_ plan: LoadPlan, now: Double) -> String? {
    guard let start = plan.startAt, let duration = plan.runDuration, start + duration.seconds <= now else { return nil }
    return "--start-at \(UTCTimestamp.text(start)): the plan's \(HumanText.duration(duration.seconds)) were over "
      + "\(HumanText.duration(now - start - duration.seconds)) before this process began; give it a later time"
  }

  /// Nil when it is no moment of RFC 3339 with the zone Z. A leap second is its successor.
  private static func timestamp(_ text: String) -> Double? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, [0x5A, 0x7A].contains(bytes[bytes.count - 1]), [0x54, 0x74].contains(bytes[10]),
      bytes[4] == 0x2D, bytes[7] == 0x2D, bytes[13] == 0x3A, bytes[16] == 0x3A
    else { return nil }
    let field = { (range: Range<Int>) in digits(bytes[range]) }
    guard let year = field(0..<4), let month = field(5..<7), let day = field(8..<10), let hour = field(11..<13),
      let minute = field(14..<16), let second = field(17..<19), (1...12).contains(month),
      (1...daysIn(month, of: year)).contains(day), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction = 0.0
    if bytes.count > 20 {
      guard bytes[19] == 0x2E, bytes.count > 21, bytes.count <= 31, let value = digits(bytes[20..<bytes.count - 1])
      else { return nil }
      fraction = (0..<bytes.count - 21).reduce(Double(value)) { value, _ in value / 10 }
    }
    let seconds = (days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second
    return Double(seconds) + fraction
  }

  private static func number(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.utf8.count <= 30, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E })
    else {
      return nil
    }
    return Double(String(text))
  }

  private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return bytes.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func daysIn(_ month: Int, of year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// From 1970-01-01 to a date of the years 0 to 9999.
  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let before = year - 1
    let leaps = year == 0 ? -1 : before / 4 - before / 100 + before / 400
    let years = year * 365 + leaps - (1970 * 365 + 1969 / 4 - 1969 / 100 + 1969 / 400)
    return years + (1..<month).reduce(0) { $0 + daysIn($1, of: year) } + day - 1
  }
}
