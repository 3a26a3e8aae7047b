internal import ToolSupport

/// Numbers for fields of a fixed width. Every result is at most as long as promised, so that nothing in a table moves.
enum FieldText {
  /// At most five characters: `512B`, `1.23K`, `34.5M`, `120G`; powers of 1024.
  static func size(_ bytes: Int64) -> String {
    guard bytes >= 1000 else { return "\(max(0, bytes))B" }
    var value = Double(bytes)
    var unit = 0
    while value >= 999.5, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return HumanText.fixed(value, decimals(value)) + units[unit]
  }

  /// As `size`, a second: at most seven characters.
  static func rate(_ bytesPerSecond: Double) -> String {
    guard bytesPerSecond.isFinite, bytesPerSecond > 0 else { return "0B/s" }
    return size(Int64(min(bytesPerSecond, 9e18))) + "/s"
  }

  /// At most five characters: `870us`, `1.2ms`, `120ms`, `1.23s`, `2m05s`, `12m`, `1h02m`.
  static func time(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite, seconds >= 0 else { return "-" }
    switch seconds {
    case ..<0.0009995: return HumanText.fixed(seconds * 1e6, 0) + "us"
    case ..<0.00995: return HumanText.fixed(seconds * 1e3, 1) + "ms"
    case ..<0.9995: return HumanText.fixed(seconds * 1e3, 0) + "ms"
    case ..<9.995: return HumanText.fixed(seconds, 2) + "s"
    case ..<59.95: return HumanText.fixed(seconds, 1) + "s"
    default: return longTime(Int(min(seconds.rounded(), 1e9)))
    }
  }

  private static func longTime(_ seconds: Int) -> String {
    switch seconds {
    case ..<600: "\(seconds / 60)m\(HumanText.padded(seconds % 60, 2))s"
    case ..<3600: "\(seconds / 60)m"
    case ..<36000: "\(seconds / 3600)h\(HumanText.padded(seconds / 60 % 60, 2))m"
    default: "\(min(seconds / 3600, 9999))h"
    }
  }

  /// `0:01:02`.
  static func clock(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds.isFinite ? seconds : 0), 1e9))
    return "\(whole / 3600):\(HumanText.padded(whole / 60 % 60, 2)):\(HumanText.padded(whole % 60, 2))"
  }

  /// `1 stream`, `1,233 streams`.
  static func streams(_ count: Int) -> String { HumanText.grouped(count) + (count == 1 ? " stream" : " streams") }

  /// At most `width` characters (four or more): the number, or its thousands, millions, thousand millions.
  static func count(_ value: Int, width: Int) -> String {
    let grouped = HumanText.grouped(value)
    if grouped.utf8.count <= width { return grouped }
    let plain = String(value)
    if plain.utf8.count <= width { return plain }
    var shown = Double(value)
    var unit = 0
    while shown >= 999.5, unit < countUnits.count - 1 {
      shown /= 1000
      unit += 1
    }
    return HumanText.fixed(shown, width >= 5 ? decimals(shown) : 0) + countUnits[unit]
  }

  /// `200`, `0.5`, `12.25`: a number as it is typed.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    if let whole = Int64(exactly: value) { return String(whole) }
    let hundredths = HumanText.fixed(value, 2)
    return hundredths.hasSuffix("0") ? String(hundredths.dropLast()) : hundredths
  }

  /// Two decimals below 10, one below 100, none above: three digits.
  private static func decimals(_ value: Double) -> Int { value < 9.995 ? 2 : value < 99.95 ? 1 : 0 }

  private static let units = ["B", "K", "M", "G", "T", "P"]
  private static let countUnits = ["", "k", "m", "g", "t", "p", "e"]
}
