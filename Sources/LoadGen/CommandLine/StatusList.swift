internal import ToolSupport

/// `--expect-status`: `200,201,300-399`.
enum StatusList {
  static func parse(_ text: String) throws(ToolFailure) -> [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { status($0) }
      switch (ends.count, ends.first ?? nil, ends.last ?? nil) {
      case (1...2, let low?, let high?) where low <= high: ranges.append(low...high)
      default:
        throw OptionText.refusal(
          "--expect-status", text, "not a list of statuses from 100 to 599; write it like 200,201,300-399")
      }
    }
    return ranges
  }

  static func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
  }

  private static func status(_ text: Substring) -> Int? {
    guard text.utf8.count == 3, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let status = Int(text) else {
      return nil
    }
    return (100...599).contains(status) ? status : nil
  }
}
