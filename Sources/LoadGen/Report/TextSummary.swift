internal import ToolSupport

/// The summary a person reads when a run is over: failed conditions first, then totals, times, and what went wrong, with
/// advice. Pure; at most 80 columns, except for what must stay in one piece (a URL).
struct TextSummary {
  let report: RunReport
  let style: TextStyle
  var layout = TextLayout()

  init(_ report: RunReport, style: TextStyle) {
    self.report = report
    self.style = style
  }

  func text() -> String {
    var copy = self
    copy.opening()
    copy.totals()
    copy.times()
    copy.histograms()
    copy.outcomes()
    copy.resources()
    copy.remarks()
    copy.proofs()
    copy.closing()
    return copy.layout.lines.joined(separator: "\n") + "\n"
  }

  /// Failed conditions are what a person must see first…
  private mutating func opening() {
    guard conditions(failed: true) else { return }
    layout.line()
  }

  /// …and last, where a terminal still shows them.
  private mutating func closing() {
    layout.line()
    _ = conditions(failed: false)
    _ = conditions(failed: true)
    if report.interrupted { layout.row("INTERRUPTED", "partial: the plan was not finished", style: style.warn) }
  }

  /// False when there are none.
  private mutating func conditions(failed: Bool) -> Bool {
    let chosen = report.thresholds.filter { $0.passed != failed }
    for (index, threshold) in chosen.enumerated() {
      let value = failed ? " (was \(threshold.shown))" : ""
      layout.row(
        index == 0 ? (failed ? "FAILED" : "passed") : "", threshold.expression + value,
        style: failed ? style.bad : style.good)
    }
    return !chosen.isEmpty
  }

  private mutating func totals() {
    let totals = report.totals
    let options = report.options
    if report.interrupted { layout.row("INTERRUPTED", "partial: the plan was not finished", style: style.warn) }
    for (index, url) in options.urls.prefix(5).enumerated() { layout.row(index == 0 ? "target" : "", url) }
    if options.urls.count > 5 { layout.row("", "and \(options.urls.count - 5) more") }
    if let lab = options.embedded { layout.row("lab", "embedded, \(lab)") }
    let lanes = HumanText.grouped(options.concurrency)
    layout.row("duration", "\(HumanText.duration(report.durationSeconds)) with \(lanes) lanes")
    var parts = ["\(HumanText.grouped(totals.ok)) ok", "\(HumanText.grouped(totals.failed)) failed"]
    if totals.cutByDeadline > 0 { parts.append("\(HumanText.grouped(totals.cutByDeadline)) cut by deadline") }
    layout.row("streams", HumanText.grouped(totals.streams) + ": " + parts.joined(separator: ", "))
    let streamRate = HumanText.fixed(report.rate.streamsPerSecond, 1)
    layout.row("rate", "\(streamRate) streams/s, \(HumanText.rate(report.rate.bytesWirePerSecond)) on the wire")
    layout.row(
      "bytes", "\(HumanText.size(totals.bytesWire)) on the wire, \(HumanText.size(totals.bytesDecoded)) decoded")
    if let arrivals = report.arrivalsText {
      let isBad = report.arrivals.late > 0 || report.arrivals.dropped > 0
      layout.row("arrivals", arrivals, style: isBad ? style.warn : { $0 })
    }
    layout.line()
  }

  private mutating func outcomes() {
    let streams = report.totals.streams
    let statuses = report.status.sorted { $0.key < $1.key }
    layout.row("status", shares(statuses.map { ($0.key == "0" ? "none" : $0.key, $0.value) }, of: streams))
    layout.row("protocol", shares(report.protocols.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, of: streams))
    layout.row("transport", shares(report.transportOrder, of: streams))
    layout.row("gzip", shares(report.verdictOrder, of: streams))
    let treatments = Treatment.allCases.map { (name($0), report.validation[$0.rawValue, default: 0]) }
    layout.row("validation", shares(treatments.filter { $0.1 > 0 }, of: streams))
    for (text, count) in report.missedExpectations.sorted(by: { $0.key < $1.key }) {
      layout.row("missed", "\(HumanText.grouped(count)) × \(RunReport.option(expectation: text))", style: style.bad)
    }
    if let pauses = report.pausesText { layout.row("waits", pauses, style: style.warn) }
    causes()
  }

  /// `off` of a run that proves bodies is where none came.
  private func name(_ treatment: Treatment) -> String {
    treatment == .off && report.options.validate != ValidationMode.off.rawValue ? "no body" : treatment.rawValue
  }

  private mutating func causes() {
    for (status, causes) in report.httpCauses.sorted(by: { $0.key < $1.key }) {
      for (cause, count) in causes.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
        let advice = report.evidence.first { $0.cause == cause && $0.status.map(String.init) == status }?.advice ?? ""
        layout.row(
          "cause", "\(status) \(cause): \(HumanText.grouped(count))" + (advice.isEmpty ? "" : " — \(advice)"),
          style: style.bad)
      }
    }
  }

  private mutating func resources() {
    let memory = report.targetMemory
    var text = memory.source
    if let rss = memory.rssBytes { text += ": \(HumanText.size(rss)) last" }
    if let peak = memory.rssPeakBytes { text += ", \(HumanText.size(peak)) peak" }
    if memory.sampleCount > 0 { text += ", \(HumanText.grouped(memory.sampleCount)) samples" }
    layout.row("memory", text)
    for instance in report.instances.prefix(10) {
      layout.row("instance", "\(instance.id): \(instance.work), \(instance.peak) peak")
    }
    if report.instances.count > 10 { layout.row("", "and \(report.instances.count - 10) more instances") }
    let client = report.client
    let cpu = "\(HumanText.duration(client.cpuSeconds)) CPU, busiest thread \(Self.percent(client.busyFraction))"
    layout.row(
      "tester", cpu + ", \(HumanText.size(client.rssPeakBytes)) peak, threads: \(client.threads)")
  }

  private mutating func remarks() {
    guard !report.notes.isEmpty else { return }
    layout.line()
    layout.line(style.strong("notes"))
    for note in report.notes { layout.item(note) }
  }

  private func shares(_ pairs: [(name: String, count: Int)], of total: Int) -> String {
    guard !pairs.isEmpty else { return "-" }
    return pairs.map { name, count in
      // A share that says nothing is left out.
      let share = count == total || total == 0 ? "" : " (\(Self.percent(Double(count) / Double(total))))"
      return "\(name): \(HumanText.grouped(count))\(share)"
    }.joined(separator: ", ")
  }

  /// Never 0% for what is more than nothing, and never 100% for what is less than all.
  static func percent(_ fraction: Double) -> String {
    let percent = fraction * 100
    switch percent {
    case ...0: return "0%"
    case ..<0.1: return "< 0.1%"
    case 99..<100: return HumanText.fixed((percent * 10).rounded(.down) / 10, 1) + "%"
    default: return HumanText.fixed(percent, percent < 9.95 ? 1 : 0) + "%"
    }
  }
}

extension RunReport {
  /// The summary, with a final newline.
  ///
  /// - Parameter color: whether the text goes to a terminal that wants colours; see `TerminalFacts`.
  public func text(color: Bool) -> String { TextSummary(self, style: TextStyle(color: color)).text() }
}
