internal import ToolSupport

/// What a person has made go wrong in a run, and when. At most `limit` entries are kept.
struct FaultHistory: Sendable {
  static let limit = 50

  private struct Entry {
    var fault: LabFault
    /// Seconds since the run's start.
    var from: Double
    var until: Double?
  }

  private var entries: [Entry] = []
  private var dropped = 0
  /// What goes wrong now.
  private(set) var now: LabFault?

  /// - Returns: what has changed, as lines for whoever follows the run.
  mutating func set(_ fault: LabFault?, at seconds: Double) -> [String] {
    guard fault != now else { return [] }
    var lines: [String] = []
    if let ended = now {
      if let last = entries.indices.last, entries[last].until == nil { entries[last].until = seconds }
      lines.append("\(ended.name) ended by hand at \(Self.text(seconds))")
    }
    now = fault
    guard let fault else { return lines }
    lines.append("\(fault.name) injected by hand at \(Self.text(seconds))")
    if entries.count < Self.limit {
      entries.append(Entry(fault: fault, from: seconds))
    } else {
      dropped &+= 1
    }
    return lines
  }

  /// Lines for a report.
  var notes: [String] {
    var lines = entries.map { entry in
      let end = entry.until.map { "to \(Self.text($0))" } ?? "until the end"
      return "\(entry.fault.name) was injected by hand from \(Self.text(entry.from)) \(end)"
    }
    if dropped > 0 { lines.append("\(HumanText.grouped(dropped)) more faults were injected by hand after those") }
    return lines
  }

  private static func text(_ seconds: Double) -> String { HumanText.fixed(seconds, 1) + " s" }
}
