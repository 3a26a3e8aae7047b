internal import ToolSupport

/// `--max-regression FIGURE=LIMIT`: how much worse a figure may be.
struct RegressionLimit: Equatable, Sendable {
  enum Amount: Equatable, Sendable {
    /// Of the base's value.
    case relative(Double)
    /// In the figure's unit.
    case absolute(Double)
  }

  var figure: ComparedFigure
  var amount: Amount
  /// As typed.
  var text: String

  /// - Throws: `usage`, one line.
  static func parse(_ text: String) throws(ToolFailure) -> RegressionLimit {
    let refuse = { (reason: String) in OptionText.refusal("--max-regression", text, reason) }
    let bare = text.filter { !$0.isWhitespace }
    guard let mark = bare.lastIndex(of: "=") else {
      throw refuse("no limit; write it like 'stream_ttfb:p(95)=10%'")
    }
    let figure = try ComparedFigure.parse(String(bare[..<mark]), refuse: refuse)
    let limit = String(bare[bare.index(after: mark)...])
    guard let amount = amount(limit, figure.unit) else {
      let shown = limit.isEmpty ? "''" : "'\(OptionText.shown(limit))'"
      throw refuse("\(shown) is no limit; write it like \(example(figure.unit))")
    }
    return RegressionLimit(figure: figure, amount: amount, text: bare)
  }

  /// A share's percent are points: ten percent more of no failures would still be none.
  private static func amount(_ text: String, _ unit: ComparedFigure.Unit) -> Amount? {
    if text.hasSuffix("%") {
      guard let percent = number(text.dropLast()) else { return nil }
      return unit == .share ? .absolute(percent / 100) : .relative(percent / 100)
    }
    switch unit {
    case .share, .perSecond: return number(text[...]).map(Amount.absolute)
    case .seconds: return TimeSpan(argument: text).map { .absolute($0.seconds) }
    case .bytes, .bytesPerSecond: return ByteSize(argument: text).map { .absolute(Double($0.bytes)) }
    }
  }

  private static func number(_ text: Substring) -> Double? {
    guard let first = text.utf8.first, (0x30...0x39).contains(first), let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }

  private static func example(_ unit: ComparedFigure.Unit) -> String {
    switch unit {
    case .share: "0.1% (points) or 0.001"
    case .perSecond: "10% or 50"
    case .seconds: "10% or 50ms"
    case .bytes, .bytesPerSecond: "10% or 8MiB"
    }
  }

  /// The most that the figure may be worse, in its unit.
  func allowed(base: Double) -> Double {
    switch amount {
    case .relative(let share): base * share
    case .absolute(let value): value
    }
  }
}
