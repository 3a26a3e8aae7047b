internal import ToolSupport

extension RunReport {
  /// How streams were kept waiting too long, as one line; nil when none was.
  var pausesText: String? {
    var parts: [String] = []
    func part(_ count: Int, _ one: String, _ more: String, _ limit: Double?, _ worst: PauseEntry.Worst?) {
      guard count > 0 else { return }
      let over = limit.map { " over \(HumanText.duration($0))" } ?? ""
      let longest =
        worst.map { " (longest \(HumanText.duration($0.seconds)), stream \(HumanText.grouped($0.stream)))" } ?? ""
      parts.append("\(HumanText.grouped(count)) \(count == 1 ? one : more)\(over)\(longest)")
    }
    part(pauses.slowStarts, "slow start", "slow starts", pauses.slowStartLimitSeconds, pauses.worstStart)
    part(pauses.silentGaps, "silent gap", "silent gaps", pauses.silentGapLimitSeconds, pauses.worstGap)
    part(pauses.stalled, "stalled", "stalled", nil, pauses.worstStall)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
