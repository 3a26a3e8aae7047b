internal import ToolSupport

/// The summary for a CI job's page (`$GITHUB_STEP_SUMMARY`, a GitLab comment): the verdict first, then conditions, figures,
/// what went wrong and what to do about it. Never longer than `maximumBytes`: what has no room is left out, evidence first.
struct MarkdownSummary {
  /// GitHub takes 1 MiB of a step, but a person and most chat bridges no more than this.
  static let maximumBytes = 64 * 1024
  private static let maximumTargets = 5
  private static let maximumKinds = 20
  private static let maximumThresholds = 50
  /// Of any one text of others.
  private static let maximumText = 500

  private let report: RunReport

  init(_ report: RunReport) { self.report = report }

  /// With a final newline.
  func text() -> String {
    var text = ""
    var leftOut = 0
    let note = "\n_The summary ends here: its place is full. The JSON report has everything._\n"
    for section in [verdict, thresholds, totals, latencies, failures, notes] + evidence {
      let part = section.joined(separator: "\n") + "\n\n"
      if section.isEmpty { continue }
      if text.utf8.count + part.utf8.count + note.utf8.count > Self.maximumBytes {
        leftOut += 1
      } else {
        text += part
      }
    }
    while text.hasSuffix("\n\n") { text.removeLast() }
    return leftOut > 0 ? text + note : text
  }

  private var verdict: [String] {
    var lines = ["### \(headline)"]
    let reason = report.noResponseReason ?? report.unfinishedReason ?? report.unprovenReason
    if let reason { lines += ["", MarkdownText.words(ShownText.clipped(reason, Self.maximumText))] }
    return lines
  }

  private var headline: String {
    let totals = report.totals
    let streams = "\(HumanText.grouped(totals.streams)) streams, \(HumanText.grouped(totals.failed)) failed"
    let time = HumanText.duration(report.durationSeconds)
    switch report.exit {
    case .passed: return "✅ gzload passed: \(streams), in \(time)"
    case .interrupted: return "⚠️ gzload was interrupted: \(streams), in \(time); the plan was not finished"
    case .couldNotRun: return "❌ gzload could not tell: \(streams), in \(time)"
    default: return "❌ gzload failed: \(streams), in \(time)"
    }
  }

  /// Failed ones first.
  private var thresholds: [String] {
    guard !report.thresholds.isEmpty else { return [] }
    let ordered = report.thresholds.filter { !$0.passed } + report.thresholds.filter(\.passed)
    var lines = ["| | Threshold | Measured |", "|---|---|---:|"]
    for threshold in ordered.prefix(Self.maximumThresholds) {
      let value = MarkdownText.words(threshold.shown)
      lines.append("| \(threshold.passed ? "✅ passed" : "❌ failed") | \(code(threshold.expression)) | \(value) |")
    }
    if ordered.count > Self.maximumThresholds {
      lines.append("| | and \(ordered.count - Self.maximumThresholds) more | |")
    }
    return lines
  }

  private var totals: [String] {
    let totals = report.totals
    var rows: [(String, String)] = []
    let urls = report.options.urls
    for (index, url) in urls.prefix(Self.maximumTargets).enumerated() {
      rows.append((index == 0 ? "Target" : "", code(url)))
    }
    if urls.count > Self.maximumTargets { rows.append(("", "and \(urls.count - Self.maximumTargets) more")) }
    if let lab = report.options.embedded { rows.append(("Lab", "embedded, \(lab)")) }
    var parts = ["\(HumanText.grouped(totals.ok)) ok", "\(HumanText.grouped(totals.failed)) failed"]
    if totals.cutByDeadline > 0 { parts.append("\(HumanText.grouped(totals.cutByDeadline)) cut by the deadline") }
    rows.append(("Streams", "\(HumanText.grouped(totals.streams)): \(parts.joined(separator: ", "))"))
    rows.append(
      (
        "Load",
        "\(HumanText.grouped(report.options.concurrency)) lanes for \(HumanText.duration(report.durationSeconds))"
      ))
    let rate = HumanText.fixed(report.rate.streamsPerSecond, 1)
    rows.append(("Rate", "\(rate) streams/s, \(HumanText.rate(report.rate.bytesWirePerSecond)) on the wire"))
    rows.append(
      ("Bytes", "\(HumanText.size(totals.bytesWire)) on the wire, \(HumanText.size(totals.bytesDecoded)) decoded"))
    if let arrivals = report.arrivalsText { rows.append(("Arrivals", arrivals)) }
    if let pauses = report.pausesText { rows.append(("Waits", pauses)) }
    rows.append(
      ("Status", list(report.status.sorted { $0.key < $1.key }.map { ($0.key == "0" ? "none" : $0.key, $0.value) })))
    rows.append(("Gzip", list(report.verdictOrder.map { ($0.name, $0.count) })))
    let memory = report.targetMemory
    rows.append(
      ("Target memory", memory.rssPeakBytes.map { "\(HumanText.size($0)) peak" } ?? MarkdownText.words(memory.source)))
    return ["| | |", "|---|---|"] + rows.map { "| \($0.0) | \($0.1) |" }
  }

  private var latencies: [String] {
    let metrics = Distributions.Metric.allCases.filter { report.latencySeconds[$0.rawValue] != nil }
    guard !metrics.isEmpty else { return [] }
    var lines = [
      "| | min | mean | p50 | p90 | p95 | p99 | p99.9 | max |", "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    func row(_ name: String, _ summary: Summary) {
      let values = [
        summary.min, summary.mean, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max,
      ]
      lines.append("| \(name) | \(values.map(HumanText.duration).joined(separator: " | ")) |")
    }
    for metric in metrics {
      if let summary = report.latencySeconds[metric.rawValue] { row(MarkdownText.code(metric.rawValue), summary) }
      if let raw = report.latencyUncorrectedSeconds?[metric.rawValue] { row("– from the real start", raw) }
    }
    return lines
  }

  private var failures: [String] {
    let kinds = report.failureKinds
    guard !kinds.isEmpty else { return [] }
    var lines = ["| What failed | Streams | What to do |", "|---|---:|---|"]
    for kind in kinds.prefix(Self.maximumKinds) {
      let advice = MarkdownText.words(ShownText.clipped(kind.advice, Self.maximumText))
      lines.append("| \(code(kind.title)) | \(HumanText.grouped(kind.count)) | \(advice) |")
    }
    if kinds.count > Self.maximumKinds { lines.append("| and \(kinds.count - Self.maximumKinds) more kinds | | |") }
    return lines
  }

  private var notes: [String] {
    report.notes.prefix(Self.maximumKinds).map { "- \(MarkdownText.words(ShownText.clipped($0, Self.maximumText)))" }
  }

  /// One section for the first stream of each kind, so that what has no room goes one by one.
  private var evidence: [[String]] {
    report.failureKinds.compactMap { kind in
      guard let first = kind.evidence.first else { return nil }
      let title = "Evidence: \(kind.title), stream \(first.stream)"
      let lines = first.lines.map { ShownText.clipped($0, Self.maximumText) }
      return ["<details><summary>\(MarkdownText.words(title))</summary>", ""] + MarkdownText.block(lines) + [
        "", "</details>",
      ]
    }
  }

  private func code(_ text: String) -> String { MarkdownText.code(ShownText.clipped(text, Self.maximumText)) }

  private func list(_ pairs: [(String, Int)]) -> String {
    pairs.isEmpty ? "–" : pairs.map { "\(MarkdownText.code($0.0)) \(HumanText.grouped($0.1))" }.joined(separator: ", ")
  }
}
