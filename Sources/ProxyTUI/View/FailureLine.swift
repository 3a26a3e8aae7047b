internal import LoadGen
internal import ToolSupport

/// What has failed and why, in one row that stays: a failing lane may be scrolled away, its failure is not.
enum FailureLine {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    let counters = model.shown.counters
    guard counters.failed > 0 else {
      let text =
        model.shown.watch != nil
        ? " the target has counted no failure "
        : counters.streams > 0 ? " no failure in \(FieldText.streams(counters.streams)) " : " no failure yet "
      return drawBehind(model, row: row, from: frame.put(text, row: row, column: 1, role: .label), into: &frame)
    }
    let width = frame.size.columns - 2
    let kinds = kinds(model.shown, accepted: model.label.acceptedStatuses)
    let text = text(kinds, of: counters, width: width - 2, model.glyphs)
    let column = frame.put(" " + text + " ", row: row, column: 1, width: width, role: .bad)
    drawBehind(model, row: row, from: column, into: &frame)
  }

  private static func drawBehind(_ model: DashboardModel, row: Int, from column: Int, into frame: inout Frame) {
    guard let behind = behind(model), column + behind.utf8.count + 4 <= frame.size.columns else { return }
    frame.put(" \(behind) ", row: row, column: column + 1, role: .waiting)
  }

  /// Of a plan that the lanes do not keep: what its figures say of a target is less than was asked of it.
  private static func behind(_ model: DashboardModel) -> String? {
    let counters = model.shown.counters
    let parts = [(model.shown.queued, "waiting for a lane"), (counters.late, "late"), (counters.dropped, "dropped")]
    let told = parts.filter { $0.0 > 0 }.map { "\(HumanText.grouped($0.0)) \($0.1)" }
    return told.isEmpty ? nil : "arrivals: " + told.joined(separator: ", ")
  }

  /// As many kinds as fit whole, and how many do not. The first one stands in any case: cut, it says more than none.
  static func text(_ kinds: [FailureCount], of counters: Counters, width: Int, _ glyphs: GlyphSet) -> String {
    let start = "FAILED \(HumanText.grouped(counters.failed)): "
    let entries = kinds.map { "\($0.name) \(HumanText.grouped($0.count))" }
    for shown in stride(from: entries.count, to: 1, by: -1) {
      let text = start + line(entries, shown: shown, glyphs)
      if text.unicodeScalars.count <= width { return text }
    }
    return start + line(entries, shown: min(1, entries.count), glyphs)
  }

  private static func line(_ entries: [String], shown: Int, _ glyphs: GlyphSet) -> String {
    let rest = entries.count - shown
    return (entries.prefix(shown) + (rest > 0 ? ["+\(rest) more"] : [])).joined(separator: glyphs.separator)
  }

  /// Of a watched target, what it tells itself.
  static func kinds(_ snapshot: Snapshot, accepted: [ClosedRange<Int>]) -> [FailureCount] {
    snapshot.watch?.failures.map { FailureCount($0.name, $0.count) }
      ?? snapshot.counters.failureCounts(accepted: accepted)
  }
}
