internal import ToolSupport

/// What a person changed while a run went on, for its report: a result that does not say so is not the plan's.
struct SteeringNotes: Sendable {
  /// So many changes of a kind are told one by one, the first ones.
  static let told = 8
  /// How the line of that begins.
  static let validationChanged = "validation was changed while it ran"

  private struct Changes: Sendable {
    var first: [String] = []
    var count = 0

    mutating func add(_ what: String, _ seconds: Double) {
      count &+= 1
      if first.count < SteeringNotes.told { first.append("\(what) at \(HumanText.duration(max(0, seconds)))") }
    }

    var text: String {
      let more = count > first.count ? " and \(HumanText.grouped(count &- first.count)) times more" : ""
      return first.joined(separator: ", ") + more
    }
  }
  private var validation = Changes()
  private var rate = Changes()
  private var resetAt: Double?
  /// Of the plan.
  private var replacesStages = false

  mutating func changed(validation mode: ValidationMode, at seconds: Double) { validation.add(mode.rawValue, seconds) }

  mutating func changed(rate: Double, hasStages: Bool, at seconds: Double) {
    self.rate.add(RateText.shown(rate), seconds)
    replacesStages = replacesStages || hasStages
  }

  mutating func reset(at seconds: Double) { resetAt = seconds }

  var lines: [String] {
    var lines: [String] = []
    if let resetAt {
      lines.append(
        "statistics were reset at \(HumanText.duration(max(0, resetAt))): everything here is of what ended after that")
    }
    if validation.count > 0 { lines.append("\(Self.validationChanged): \(validation.text)") }
    if rate.count > 0 {
      let stages = replacesStages ? "; the planned stages were replaced, and the run's end was not" : ""
      lines.append("the rate was changed while it ran: \(rate.text)\(stages)")
    }
    return lines
  }
}
