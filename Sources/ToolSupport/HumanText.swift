/// Numbers as a person reads them. No Foundation: formatting there costs tens of megabytes of binary.
public enum HumanText {
  /// `0 B`, `512 B`, `1.2 KiB`, `34.5 MiB`: at most three significant digits before the unit.
  public static func size(_ bytes: Int64) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes)
    var unit = 0
    while value >= 999.5, unit < sizeUnits.count - 1 {
      value /= 1024
      unit += 1
    }
    return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + sizeUnits[unit]
  }

  /// As `size`, a second: `1.5 MiB/s`.
  public static func rate(_ bytesPerSecond: Double) -> String {
    guard bytesPerSecond.isFinite, bytesPerSecond > 0 else { return "0 B/s" }
    return size(Int64(min(bytesPerSecond, 9e18))) + "/s"
  }

  /// The shortest text that `ByteSize` reads back to the same number: `128KiB`, `1500`.
  public static func exactSize(_ bytes: Int64) -> String {
    for (shift, unit) in [(40, "TiB"), (30, "GiB"), (20, "MiB"), (10, "KiB")] where bytes > 0 {
      if bytes & ((1 << Int64(shift)) - 1) == 0 { return "\(bytes >> Int64(shift))\(unit)" }
    }
    return String(bytes)
  }

  /// `870 µs`-like precision without a space, as durations are typed: `870us`, `12.3ms`, `4.56s`, `2m05s`, `1h02m`.
  public static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "-" }
    switch seconds {
    case 0: return "0s"
    case ..<0.0009995: return fixed(seconds * 1e6, 0) + "us"
    case ..<0.9995: return shortest(seconds * 1e3) + "ms"
    case ..<59.95: return shortest(seconds) + "s"
    case ..<3599.5:
      let whole = Int(seconds.rounded())
      return "\(whole / 60)m\(padded(whole % 60, 2))s"
    default:
      let minutes = Int(min(seconds, 1e12).rounded()) / 60
      return "\(minutes / 60)h\(padded(minutes % 60, 2))m"
    }
  }

  /// `1,234,567`.
  public static func grouped(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var out = value < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return out
  }

  /// A fixed number of decimals, rounded half away from zero. Values beyond 15 digits are shown as they print.
  public static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 9e15 else { return "\(value)" }
    let whole = Int64(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(whole) }
    let divisor = Int64(scale)
    return sign + String(whole / divisor) + "." + padded(Int(whole % divisor), decimals)
  }

  /// Zero-padded on the left.
  public static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static let sizeUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]

  /// Three significant digits, trailing zeros dropped: 12.3, 4.56, 120.
  private static func shortest(_ value: Double) -> String {
    var text = fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0)
    if text.contains(".") {
      while text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
    }
    return text
  }
}
