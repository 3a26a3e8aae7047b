internal import ArgumentParser
internal import ToolSupport

/// Turns the text of options into values; every refusal is `OPTION VALUE: reason; way out`, on one line.
enum OptionText {
  /// Nil when the option was not given.
  static func value<Value: ExpressibleByArgument>(
    _ text: String?, _ option: String, as type: Value.Type = Value.self, else reason: String
  ) throws(ToolFailure) -> Value? {
    guard let text else { return nil }
    guard let value = Value(argument: text) else { throw refusal(option, text, reason) }
    return value
  }

  /// A duration longer than zero.
  static func duration(_ text: String?, _ option: String) throws(ToolFailure) -> TimeSpan? {
    guard let span = try anyDuration(text, option) else { return nil }
    guard span.nanoseconds > 0 else {
      throw refusal(option, text ?? "", "must be longer than zero; leave it out for none")
    }
    return span
  }

  /// A duration; zero is allowed.
  static func anyDuration(_ text: String?, _ option: String) throws(ToolFailure) -> TimeSpan? {
    if let text, Double(text) != nil, text != "0", !text.hasPrefix("-") {
      throw refusal(option, text, "a duration needs a unit; did you mean \(shown(text))s?")
    }
    return try value(text, option, else: "not a duration; write it like 500ms, 30s, 1m30s or 1h")
  }

  static func integer(_ text: String?, _ option: String, in range: ClosedRange<Int>) throws(ToolFailure) -> Int? {
    guard let text else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw refusal(option, text, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  static func refusal(_ option: String, _ text: String, _ reason: String) -> ToolFailure {
    .usage("\(option) \(shown(text)): \(reason)")
  }

  /// Typed text inside a message: control characters replaced and at most 100 characters, so that one line stays one line.
  static func shown(_ text: String) -> String {
    guard !text.isEmpty else { return "''" }
    var out = ""
    for scalar in text.unicodeScalars.prefix(100) {
      switch scalar {
      case "\r": out += "\\r"
      case "\n": out += "\\n"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value): out += "?"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return text.unicodeScalars.count > 100 ? out + "…" : out
  }
}
