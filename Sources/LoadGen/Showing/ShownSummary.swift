internal import ToolSupport

/// What is printed when somebody leaves a run that was only shown: its totals, what failed and why, and the last word of its
/// record. Pure.
struct ShownSummary {
  /// Kinds of failure that are named.
  private static let kinds = 10

  let title: String
  var facts = ""
  /// What the totals are of, where they are not the whole run's.
  var remark: String?
  let snapshot: Snapshot
  let evidence: [Evidence]
  var final: RecordFinal?
  /// `--expect-status`.
  var accepted = Expectations().statuses

  init(title: String, snapshot: Snapshot, evidence: [Evidence] = []) {
    self.title = title
    self.snapshot = snapshot
    self.evidence = evidence
  }

  func text() -> String {
    var layout = TextLayout()
    layout.line(ShownText.clean(title))
    if !facts.isEmpty { layout.row("run", facts) }
    if let remark { layout.row("", remark) }
    let counters = snapshot.counters
    guard snapshot.watch == nil else { return watched(&layout) }
    var parts = ["\(HumanText.grouped(counters.ok)) ok", "\(HumanText.grouped(counters.failed)) failed"]
    if counters.cutByDeadline > 0 { parts.append("\(HumanText.grouped(counters.cutByDeadline)) cut by deadline") }
    layout.row("streams", HumanText.grouped(counters.streams) + ": " + parts.joined(separator: ", "))
    var bytes = "\(HumanText.size(counters.bytesWire)) on the wire"
    if counters.bytesDecoded > 0 { bytes += ", \(HumanText.size(counters.bytesDecoded)) decoded" }
    layout.row("bytes", bytes)
    failuresByKind(failures, &layout)
    lastWord(&layout)
    notices(&layout)
    return layout.lines.joined(separator: "\n") + "\n"
  }

  /// What a target told: neither how many ended well, nor what any of them brought.
  private func watched(_ layout: inout TextLayout) -> String {
    let counters = snapshot.counters
    layout.row(
      "streams", "\(HumanText.grouped(counters.streams)), \(HumanText.grouped(counters.failed)) of them failed")
    if snapshot.watch?.tellsBytes == true { layout.row("bytes", "\(HumanText.size(counters.bytesWire)) sent") }
    failuresByKind((snapshot.watch?.failures ?? []).map { ($0.name, $0.count, $0.advice) }, &layout)
    notices(&layout)
    return layout.lines.joined(separator: "\n") + "\n"
  }

  private func notices(_ layout: inout TextLayout) {
    // What the last word says too is said once.
    let known = Set(final?.notes.prefix(Self.kinds) ?? [])
    for notice in snapshot.notices.filter({ !known.contains($0) }).prefix(Self.kinds) { layout.row("note", notice) }
  }

  private func failuresByKind(_ failures: [(name: String, count: Int, advice: String)], _ layout: inout TextLayout) {
    for (index, failure) in failures.prefix(Self.kinds).enumerated() {
      layout.row(index == 0 ? "failures" : "", "\(HumanText.grouped(failure.count)) \(failure.name)")
      if !failure.advice.isEmpty { layout.item(failure.advice, indent: TextLayout.labelWidth) }
    }
    if failures.count > Self.kinds { layout.row("", "and \(failures.count - Self.kinds) more kinds") }
  }

  private func lastWord(_ layout: inout TextLayout) {
    guard let final else { return }
    for condition in final.thresholds {
      // As its own report says it.
      let unit = (try? Threshold.parse(condition.expression))?.unit
      let was = condition.value.map { " (was \(unit?.text($0) ?? "\(Rounding.significant($0))"))" } ?? ""
      layout.row(condition.passed ? "passed" : "FAILED", condition.expression + (condition.passed ? "" : was))
    }
    if final.interrupted { layout.row("INTERRUPTED", "partial: the plan was not finished") }
    for note in final.notes.prefix(Self.kinds) { layout.row("note", note) }
  }

  /// By kind, the most frequent first.
  private var failures: [(name: String, count: Int, advice: String)] {
    snapshot.counters.failureCounts(accepted: accepted).map { kind in
      (kind.name, kind.count, advice(kind.name) ?? FailureMeaning.text(kind: kind.name) ?? "")
    }
  }

  private func advice(_ kind: String) -> String? {
    evidence.first { piece in
      let cause = piece.cause.map { "\(piece.status) \($0.rawValue)" }
      return (piece.outcome == kind || cause == kind) && !piece.advice.isEmpty
    }?.advice
  }
}
