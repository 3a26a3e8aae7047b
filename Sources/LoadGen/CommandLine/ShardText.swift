internal import ToolSupport

/// `--shard` as it is typed: `2/8`.
enum ShardText {
  static let most = 1000

  static func parse(_ text: String) throws(ToolFailure) -> Shard {
    let halves = text.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, let index = Int(halves[0]), let count = Int(halves[1]), (1...most).contains(count) else {
      throw OptionText.refusal("--shard", text, "not I/N with N up to \(most); write it like 2/8")
    }
    guard (1...count).contains(index) else {
      throw OptionText.refusal("--shard", text, "parts are counted from 1 to \(count)")
    }
    return Shard(index: index, count: count)
  }
}
