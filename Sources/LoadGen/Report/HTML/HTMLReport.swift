internal import Digest
internal import ToolSupport

/// The run as one page that needs nothing but itself: no script, no request, no font of others. Charts are SVG made here;
/// what they show stands beside them in words and tables. Everything from targets is escaped.
///
/// At most `maximumBytes`: pieces of evidence that have no room are left out, and the page says how many.
struct HTMLReport {
  static let maximumBytes = 2 << 20
  /// Rows of any list whose length a run or a command line decides.
  static let maximumRows = 200
  /// Scalars of any one text of others.
  static let maximumText = 2000

  /// For what stands around the pieces of evidence.
  private static let reserve = 4096

  let report: RunReport

  init(_ report: RunReport) { self.report = report }

  /// With a final newline.
  func text() -> String {
    let sections = [
      opening, thresholds, failures, overTime, latencyOverTime, latency, outcomes, resources, plan, notes,
    ]
    var page = Self.head(title: title)
    for section in sections where page.utf8.count + section.utf8.count < Self.maximumBytes - Self.reserve {
      page += section
    }
    page += evidence(room: Self.maximumBytes - page.utf8.count - Self.reserve)
    let version = "gzload \(HTMLText.escaped(ToolVersion.current)), \(HTMLText.escaped(report.schema))"
    return page + "<footer>\(version)</footer>\n</main>\n</body>\n</html>\n"
  }

  /// Styles are allowed by their digest alone; scripts, pictures, fonts, frames and requests not at all.
  private static func head(title: String) -> String {
    let digest = Base64.encode(SHA256.hash(data: Array(HTMLStyle.sheet.utf8)))
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-\(digest)'; \
      base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <title>\(HTMLText.escaped(title, limit: 200))</title>
      <style>\(HTMLStyle.sheet)</style>
      </head>
      <body>
      <main>

      """
  }

  private var title: String { "\(verdict.word): \(report.target) – gzload" }

  var verdict: (word: String, sign: String, style: String, text: String) {
    switch report.exit {
    case .passed: ("Passed", "✓", "good", "Every condition of the run held.")
    case .interrupted:
      ("Interrupted", "!", "warn", "Ended before the plan was done: everything here is about a part of it.")
    case .couldNotRun:
      (
        "Not proven", "✗", "bad",
        report.noResponseReason ?? report.unfinishedReason ?? "The run could not tell anything."
      )
    default: ("Failed", "✗", "bad", failedText)
    }
  }

  private var failedText: String {
    let failed = report.thresholds.count { !$0.passed }
    let missed = report.missedExpectations.count
    var parts: [String] = []
    if failed > 0 { parts.append("\(failed) of \(report.thresholds.count) thresholds did not hold") }
    if missed > 0 { parts.append("\(missed) \(missed == 1 ? "expectation was" : "expectations were") missed") }
    return parts.joined(separator: ", ") + "."
  }

  private var opening: String {
    let urls = report.options.urls
    let targets = urls.prefix(5).map { "<code>\(HTMLText.escaped($0, limit: Self.maximumText))</code>" }
    let others = urls.count > 5 ? "and \(urls.count - 5) more targets · " : ""
    let lab = report.options.embedded.map { "embedded lab \(HTMLText.escaped($0)) · " } ?? ""
    let unproven =
      report.unprovenReason.map { "<p class=\"warn\">\(HTMLText.escaped($0, limit: Self.maximumText))</p>" } ?? ""
    return """
      <header class="\(verdict.style)">
      <p class="verdict" id="verdict"><span class="sign" aria-hidden="true">\(verdict.sign)</span> \(verdict.word)</p>
      <p>\(HTMLText.escaped(verdict.text, limit: Self.maximumText))</p>
      </header>
      <h1>\(targets.joined(separator: "<br>"))</h1>
      <p class="muted">\(others)\(lab)\(HTMLText.escaped(started)) · ran \(HumanText.duration(report.durationSeconds)) with \
      \(HumanText.grouped(report.options.concurrency)) lanes · body check: \(HTMLText.escaped(report.options.validate))</p>
      \(unproven)
      <div class="cards">\(cards)</div>

      """
  }

  private var started: String { report.startedAt.prefix(19).replacing("T", with: " ") + " UTC" }

  private var cards: String {
    let totals = report.totals
    var cards = [
      ("Streams", HumanText.grouped(totals.streams), "\(HumanText.fixed(report.rate.streamsPerSecond, 1)) a second"),
      ("Failed", HumanText.grouped(totals.failed), Self.share(totals.failed, totals.streams)),
      ("On the wire", HumanText.rate(report.rate.bytesWirePerSecond), "\(HumanText.size(totals.bytesWire)) in all"),
    ]
    if totals.cutByDeadline > 0 {
      cards.append(("Cut by the deadline", HumanText.grouped(totals.cutByDeadline), "ours, no failures"))
    }
    for (name, text) in [("ttfb", "First byte"), ("ttlb", "Last byte")] {
      guard let summary = report.latencySeconds[name] else { continue }
      cards.append((text, HumanText.duration(summary.p50), "median; p99 \(HumanText.duration(summary.p99))"))
    }
    let memory = report.targetMemory
    cards.append(
      (
        "Target memory", memory.rssPeakBytes.map(HumanText.size) ?? "n/a",
        memory.rssPeakBytes == nil ? "no telemetry" : "at its peak"
      ))
    return cards.map { name, value, more in
      let style = name == "Failed" && totals.failed > 0 ? " bad" : ""
      return "<div class=\"card\(style)\"><span>\(name)</span><b>\(value)</b><small>\(more)</small></div>"
    }.joined(separator: "\n")
  }

  static func share(_ count: Int, _ total: Int) -> String {
    total > 0 ? TextSummary.percent(Double(count) / Double(total)) + " of the streams" : "no stream"
  }
}
