internal import ToolSupport

/// Reads the value of a threshold in its metric's unit. A bare number where a unit belongs is a question, not a guess.
struct ThresholdValue {
  private let unit: ThresholdUnit

  init(_ unit: ThresholdUnit) { self.unit = unit }

  /// - Parameter refuse: makes the refusal of a reason.
  func parse(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    switch unit {
    case .count: try count(text, refuse)
    case .share: try share(text, refuse)
    case .seconds: try seconds(text, refuse)
    case .bytes: try bytes(text, refuse)
    case .bytesPerSecond: try bytes(text.hasSuffix("/s") ? String(text.dropLast(2)) : text, refuse)
    case .perSecond: try perSecond(text, refuse)
    }
  }

  private func count(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    if text == "0" { return 0 }
    if let count = StreamCount(argument: text) { return Double(count.value) }
    throw refuse(
      text.hasSuffix("%")
        ? "a count is a number; for a share write :rate" : "a count is a whole number, such as 0, 200 or 10k")
  }

  private func share(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    let isPercent = text.hasSuffix("%")
    guard let number = Self.number(isPercent ? String(text.dropLast()) : text) else {
      throw refuse("a rate is a share of the streams, such as 0.01 or 1%")
    }
    let share = isPercent ? number / 100 : number
    guard share <= 1 else {
      let hint = isPercent || number > 100 ? "" : "; did you mean \(text)%?"
      throw refuse("a rate is from 0 to 1, or from 0% to 100%" + hint)
    }
    return share
  }

  private func seconds(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    if let span = TimeSpan(argument: text) { return span.seconds }
    throw refuse(
      Self.number(text) != nil
        ? "a duration needs a unit; did you mean \(text)ms?" : "not a duration; write it like 500ms or 2s")
  }

  private func bytes(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    let ending = unit == .bytesPerSecond ? "/s" : ""
    guard Self.number(text) == nil || text == "0" else {
      throw refuse("a size needs a unit; did you mean \(text)MiB\(ending)?")
    }
    if let size = ByteSize(argument: text) { return Double(size.bytes) }
    throw refuse("not a size; write it like 64MiB\(ending)")
  }

  private func perSecond(_ text: String, _ refuse: (String) -> ToolFailure) throws(ToolFailure) -> Double {
    if let number = Self.number(text.hasSuffix("/s") ? String(text.dropLast(2)) : text) { return number }
    throw refuse("the rate of streams is a number a second, such as 100 or 100/s")
  }

  /// Plain decimals alone.
  private static func number(_ text: String) -> Double? {
    guard !text.isEmpty, text.utf8.count <= 20, text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }),
      let number = Double(text), number.isFinite
    else { return nil }
    return number
  }
}
