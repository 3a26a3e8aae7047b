internal import ToolSupport

/// What a person changed while a run went on, for its report: a result that does not say so is not the plan's.
struct SteeringNotes: Sendable {
  /// So many changes of a kind are told one by one, the first ones.
  static let told = 8
  /// How the line of that begins.
  static let validationChanged = "validation was changed while it ran"

  private struct Changes: Sendable {
    var first: [String] = []
    var last = ""
    var count = 0

    mutating func add(_ what: String, _ seconds: Double) {
      count &+= 1
      last = "\(what) at \(HumanText.duration(max(0, seconds)))"
      if first.count < SteeringNotes.told { first.append(last) }
    }

    var text: String {
      let more = count &- first.count
      return first.joined(separator: ", ")
        + (more > 0 ? " and \(HumanText.grouped(more)) times more, at last \(last)" : "")
    }
  }

  /// Times in which no stream began, in seconds of the run.
  private struct Rests: Sendable {
    var first: [String] = []
    var count = 0
    var total = 0.0
    var since: Double?

    mutating func end(at seconds: Double) {
      guard let start = since else { return }
      let length = max(0, seconds - start)
      (since, count, total) = (nil, count &+ 1, total + length)
      if first.count < SteeringNotes.told {
        first.append("at \(HumanText.duration(max(0, start))) for \(HumanText.duration(length))")
      }
    }

    var text: String {
      let more = count &- first.count
      return first.joined(separator: ", ") + (more > 0 ? " and \(HumanText.grouped(more)) times more" : "")
        + (count > 1 ? ", \(HumanText.duration(total)) in all" : "")
    }
  }
  private var lanes = Changes()
  private var rests = Rests()
  private var validation = Changes()
  private var rate = Changes()
  private var resetAt: Double?
  /// Of the plan.
  private var replacesStages = false

  mutating func changed(validation mode: ValidationMode, at seconds: Double) { validation.add(mode.rawValue, seconds) }

  mutating func changed(concurrency lanes: Int, at seconds: Double) {
    self.lanes.add(HumanText.grouped(lanes), seconds)
  }

  mutating func paused(_ isPaused: Bool, at seconds: Double) {
    if isPaused { rests.since = rests.since ?? seconds } else { rests.end(at: seconds) }
  }

  mutating func changed(rate: Double, hasStages: Bool, at seconds: Double) {
    self.rate.add(RateText.shown(rate), seconds)
    replacesStages = replacesStages || hasStages
  }

  /// A pause is in no figure of what comes after it.
  mutating func reset(at seconds: Double) {
    resetAt = seconds
    let isPaused = rests.since != nil
    rests = Rests()
    if isPaused { rests.since = seconds }
  }

  /// - Parameter end: of what is reported, in seconds of the run; a pause that goes on lasts until then.
  func lines(until end: Double) -> [String] {
    var lines: [String] = []
    if let resetAt {
      lines.append(
        "statistics were reset at \(HumanText.duration(max(0, resetAt))): everything here is of what ended after that")
    }
    if self.lanes.count > 0 { lines.append("the number of lanes was changed while it ran: \(self.lanes.text)") }
    var rests = rests
    rests.end(at: end)
    if rests.count > 0 {
      lines.append("the load was paused \(rests.text); durations and rates count that time, and no stream began in it")
    }
    if validation.count > 0 { lines.append("\(Self.validationChanged): \(validation.text)") }
    if rate.count > 0 {
      let stages = replacesStages ? "; the planned stages were replaced, and the run's end was not" : ""
      lines.append("the rate was changed while it ran: \(rate.text)\(stages)")
    }
    return lines
  }
}
