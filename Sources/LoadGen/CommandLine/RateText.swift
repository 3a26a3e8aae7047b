internal import ToolSupport

/// A rate as it is typed: `100`, `2.5/s`, `90/m`; without a unit it is a second's.
enum RateText {
  /// More than any machine starts.
  static let highest = 1e7

  /// Arrivals a second, more than none.
  static func parse(_ text: String, option: String) throws(ToolFailure) -> Double {
    guard let rate = perSecond(text), rate > 0 else {
      throw OptionText.refusal(option, text, "not a rate; write it like 100, 2.5/s or 90/m")
    }
    guard rate <= highest else { throw OptionText.refusal(option, text, "at most 10000000/s") }
    return rate
  }

  /// `120/s`, `2.5/s`.
  static func shown(_ perSecond: Double) -> String {
    let hundredths = (perSecond * 100).rounded()
    guard let whole = Int(exactly: hundredths), whole >= 0 else { return "-" }
    let text = HumanText.fixed(Double(whole) / 100, whole % 100 == 0 ? 0 : whole % 10 == 0 ? 1 : 2)
    return text + "/s"
  }

  /// Nil when the text is no rate; 0 is one.
  static func perSecond(_ text: String) -> Double? {
    let (number, divisor) =
      text.hasSuffix("/s")
      ? (text.dropLast(2), 1.0) : text.hasSuffix("/m") ? (text.dropLast(2), 60.0) : (text[...], 1.0)
    return plain(number).map { $0 / divisor }
  }

  /// Digits with at most one point: not the exponents, infinities and hexadecimals that `Double` would read.
  private static func plain(_ text: Substring) -> Double? {
    guard !text.isEmpty, text.utf8.count <= 30, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2E }),
      let number = Double(String(text)), number.isFinite
    else { return nil }
    return number
  }
}
