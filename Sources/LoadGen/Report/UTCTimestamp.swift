internal import ToolSupport

/// `2026-11-21T19:43:22.123Z` from seconds since 1970, without a calendar library.
enum UTCTimestamp {
  static func text(_ secondsSince1970: Double) -> String {
    // Years 0 to 9999: outside of it the format has no room.
    let bounded = secondsSince1970.isFinite ? min(max(secondsSince1970, -62_167_219_200), 253_402_300_799) : 0
    let milliseconds = Int64((bounded * 1000).rounded(.down))
    let seconds = floorDivide(milliseconds, 1000)
    let days = floorDivide(seconds, 86_400)
    let (year, month, day) = civil(days)
    let ofDay = Int(seconds - days * 86_400)
    let date = "\(HumanText.padded(Int(year), 4))-\(two(Int(month)))-\(two(Int(day)))"
    let time = "\(two(ofDay / 3600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60))"
    return "\(date)T\(time).\(HumanText.padded(Int(milliseconds - seconds * 1000), 3))Z"
  }

  /// Seconds since 1970 of what `text` writes; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    guard let parts = text.wholeMatch(of: /(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.(\d{3})Z/.asciiOnlyDigits())
    else {
      return nil
    }
    let numbers = [parts.1, parts.2, parts.3, parts.4, parts.5, parts.6, parts.7].compactMap { Int64($0) }
    guard numbers.count == 7, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]), numbers[3] < 24,
      numbers[4] < 60, numbers[5] < 60
    else { return nil }
    let seconds =
      dayNumber(numbers[0], numbers[1], numbers[2]) * 86_400 + numbers[3] * 3600 + numbers[4] * 60 + numbers[5]
    return Double(seconds * 1000 + numbers[6]) / 1000
  }

  /// The inverse of `civil`.
  private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = floorDivide(shifted, 400)
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The proleptic Gregorian date of a day number. Years are counted from March, so that the leap day is a year's last day,
  /// and in eras of 400 years, which all have 146,097 days.
  private static func civil(_ days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let fromMarch = (5 * dayOfYear + 2) / 153
    let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * fromMarch + 2) / 5 + 1)
  }

  private static func floorDivide(_ value: Int64, _ by: Int64) -> Int64 {
    let quotient = value / by
    return value % by < 0 ? quotient - 1 : quotient
  }

  private static func two(_ value: Int) -> String { HumanText.padded(value, 2) }
}
