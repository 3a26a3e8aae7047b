internal import LoadGen
internal import ToolSupport

/// What has failed and why, in one row that stays: a failing lane may be scrolled away, its failure is not.
///
/// Every failed stream is named once, as far as counters allow: they say how many streams had a cause, a broken
/// transport, an invalid body, but not which of them are the same. So no more are named than have failed, what explains
/// most first: an answer's cause, the transport, then what is left for the body and for `--expect-…`.
enum FailureLine {
  typealias Kind = (name: String, count: Int)

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
  static func text(_ kinds: [Kind], of counters: Counters, width: Int, _ glyphs: GlyphSet) -> String {
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
  static func kinds(_ snapshot: Snapshot, accepted: [ClosedRange<Int>]) -> [Kind] {
    snapshot.watch?.failures.map { ($0.name, $0.count) } ?? kinds(snapshot.counters, accepted: accepted)
  }

  /// The most frequent first.
  static func kinds(_ counters: Counters, accepted: [ClosedRange<Int>]) -> [Kind] {
    var kinds: [Kind] = []
    var unnamed = counters.failed
    for (name, count) in candidates(counters, accepted) {
      let named = min(count, unnamed)
      guard named > 0 else { continue }
      kinds.append((name, named))
      unnamed -= named
    }
    return kinds.sorted { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  /// Everything that may be a stream's failure, what explains most first.
  private static func candidates(_ counters: Counters, _ accepted: [ClosedRange<Int>]) -> [Kind] {
    var candidates = refused(counters, accepted)
    for (outcome, count) in counters.transport.counted where outcome != .complete && outcome != .cutByDeadline {
      candidates.append((outcome.rawValue, count))
    }
    // A body without its end is what a broken transport leaves behind: other verdicts are news.
    let verdicts = counters.verdicts.counted.filter { $0.key.isInvalid }
    for (verdict, count) in verdicts where verdict != .truncated { candidates.append((verdict.rawValue, count)) }
    for (verdict, count) in verdicts where verdict == .truncated { candidates.append((verdict.rawValue, count)) }
    let missed = counters.missedExpectations.filter { $0.key != "status" }.sorted { $0.key < $1.key }
    return candidates + missed.map { ("missed \($0.key)", $0.value) }
  }

  /// Answers whose status was not accepted, by their cause; a status below 400 has none and stands for itself.
  private static func refused(_ counters: Counters, _ accepted: [ClosedRange<Int>]) -> [Kind] {
    var kinds: [Kind] = []
    for (status, count) in counters.status.sorted(by: { $0.key < $1.key }) {
      guard status != 0, !accepted.contains(where: { $0.contains(status) }) else { continue }
      let causes = counters.causes[status, default: EnumCounts()].counted
      for (cause, count) in causes { kinds.append(("\(status) \(cause.rawValue)", count)) }
      let others = count &- causes.reduce(0) { $0 &+ $1.count }
      if others > 0 { kinds.append(("status \(status)", others)) }
    }
    return kinds
  }
}
