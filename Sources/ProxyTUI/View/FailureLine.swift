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
      frame.put(text, row: row, column: 1, role: .label)
      return
    }
    let width = frame.size.columns - 2
    let kinds = kinds(model.shown, accepted: model.label.acceptedStatuses)
    let text = text(kinds, of: counters, width: width - 2, model.glyphs)
    frame.put(" " + text + " ", row: row, column: 1, width: width, role: .bad)
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
