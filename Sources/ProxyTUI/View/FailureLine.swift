internal import LoadGen
internal import ToolSupport

/// What has failed and why, in one row that stays: a failing lane may be scrolled away, its failure is not.
enum FailureLine {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    let counters = model.snapshot.counters
    guard counters.failed > 0 else {
      let text = counters.streams > 0 ? " no failure in \(HumanText.grouped(counters.streams)) streams " : " no failure yet "
      frame.put(text, row: row, column: 1, role: .label)
      return
    }
    let parts = kinds(counters).prefix(12).map { "\($0.name) \(HumanText.grouped($0.count))" }
    let text = " FAILED \(HumanText.grouped(counters.failed)): " + parts.joined(separator: model.glyphs.separator) + " "
    frame.put(text, row: row, column: 1, width: frame.size.columns - 2, role: .bad)
  }

  /// The most frequent first; a stream may be in more than one (a 502 whose body was cut).
  static func kinds(_ counters: Counters) -> [(name: String, count: Int)] {
    var kinds: [(name: String, count: Int)] = []
    for (status, causes) in counters.causes {
      for (cause, count) in causes.counted { kinds.append(("\(status) \(cause.rawValue)", count)) }
    }
    for (verdict, count) in counters.verdicts.counted where verdict.isInvalid { kinds.append((verdict.rawValue, count)) }
    for (outcome, count) in counters.transport.counted where outcome != .complete && outcome != .cutByDeadline {
      kinds.append((outcome.rawValue, count))
    }
    for (expectation, count) in counters.missedExpectations { kinds.append(("missed \(expectation)", count)) }
    return kinds.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}
