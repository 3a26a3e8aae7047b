internal import ToolSupport

/// How a person has had the lab's proxy move bodies in a run, and since when. At most `limit` entries are kept.
struct RelayHistory: Sendable {
  static let limit = 50

  private(set) var now = LabRelay.auto
  /// Lines for a report.
  private var entries: [String] = []
  private var dropped = 0

  /// - Returns: the same as a line for whoever follows the run.
  mutating func set(_ relay: LabRelay, at seconds: Double) -> String {
    now = relay
    let line = "the lab's gzproxy was switched to --relay \(relay.rawValue) by hand at \(HumanText.fixed(seconds, 1)) s"
    if entries.count < Self.limit { entries.append(line) } else { dropped &+= 1 }
    return line
  }

  var notes: [String] {
    dropped == 0 ? entries : entries + ["it was switched \(HumanText.grouped(dropped)) more times after that"]
  }
}
