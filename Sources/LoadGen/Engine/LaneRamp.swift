internal import ToolSupport

/// How many lanes a closed model in stages has at a moment: from one lane on, evenly to each stage's target. Pure.
struct LaneRamp: Sendable {
  private let stages: [LoadStage]

  /// Nil for every other model.
  init?(_ plan: ArrivalPlan) {
    guard case .lanes(let stages) = plan else { return nil }
    self.stages = stages
  }

  /// - Parameter time: nanoseconds from the plan's first moment. Before it there is one lane, after the last stage its target.
  func lanes(at time: Int64) -> Int {
    var begin: Int64 = 0
    var lanes = 1.0
    for stage in stages {
      let length = stage.duration.nanoseconds
      if time < begin.saturatingAdd(length) {
        let share = Double(max(0, time &- begin)) / Double(max(1, length))
        return Self.whole(lanes + (stage.target - lanes) * share)
      }
      begin = begin.saturatingAdd(length)
      lanes = stage.target
    }
    return Self.whole(lanes)
  }

  private static func whole(_ lanes: Double) -> Int { Int(exactly: max(0, lanes).rounded()) ?? .max }
}
