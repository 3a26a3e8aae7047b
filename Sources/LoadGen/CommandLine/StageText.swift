internal import ToolSupport

/// `--stages` as it is typed: `30s:100,1m:0`. A bare number is lanes, one with a unit is arrivals.
enum StageText {
  static let most = 100

  /// - Parameter startRate: of `-q`; the first stage of arrivals begins there.
  static func parse(_ text: String, startRate: Double?) throws(ToolFailure) -> ArrivalPlan {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= most else { throw OptionText.refusal("--stages", text, "at most \(most) stages") }
    var stages: [LoadStage] = []
    var areRates: [Bool] = []
    for part in parts {
      let (stage, isRate) = try stage(String(part), of: text)
      stages.append(stage)
      areRates.append(isRate)
    }
    if areRates.contains(true), areRates.contains(false) {
      throw OptionText.refusal(
        "--stages", text, "lanes and arrivals are mixed; give every stage a /s or /m for arrivals, or none for lanes")
    }
    guard stages.contains(where: { $0.target > 0 }) || startRate != nil && areRates.contains(true) else {
      throw OptionText.refusal("--stages", text, "no stage has any load")
    }
    if areRates.contains(true) { return .rate(start: startRate ?? 0, stages: stages) }
    guard startRate == nil else {
      throw OptionText.refusal(
        "--stages", text, "a bare number is lanes, and -q is arrivals; write \(text)/s or drop -q")
    }
    return .lanes(stages)
  }

  private static func stage(_ part: String, of text: String) throws(ToolFailure) -> (stage: LoadStage, isRate: Bool) {
    let halves = part.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard halves.count == 2, let duration = TimeSpan(argument: halves[0]), duration.nanoseconds > 0 else {
      throw OptionText.refusal("--stages", text, "not a list of stages; write it like 30s:100,1m:0 or 30s:50/s,1m:0/s")
    }
    if halves[1].contains("/") {
      guard let rate = RateText.perSecond(halves[1]), rate <= RateText.highest else {
        throw OptionText.refusal("--stages", text, "\(halves[1]) is not a rate; write it like 100/s or 90/m")
      }
      return (LoadStage(duration: duration, target: rate), true)
    }
    guard let lanes = Int(halves[1]), (0...LoadArguments.maximumConcurrency).contains(lanes) else {
      throw OptionText.refusal(
        "--stages", text, "\(halves[1]) is not a number of lanes up to 1000000; for arrivals write 100/s")
    }
    return (LoadStage(duration: duration, target: Double(lanes)), false)
  }
}
