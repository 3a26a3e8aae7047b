internal import ToolSupport

/// `--burst` as it is typed: `50@10s`.
enum BurstText {
  static func parse(_ text: String) throws(ToolFailure) -> ArrivalPlan {
    let halves = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let count = StreamCount(argument: halves[0])?.value, count <= 1_000_000,
      let period = TimeSpan(argument: halves[1]), period.nanoseconds >= 1_000_000
    else {
      throw OptionText.refusal(
        "--burst", text, "not N@PERIOD with up to 1m streams and at least 1ms; write it like 50@10s")
    }
    return .bursts(count: count, every: period)
  }
}
