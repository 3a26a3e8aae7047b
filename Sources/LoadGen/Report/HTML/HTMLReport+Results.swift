internal import ToolSupport

// What was asked of the run, and how it went.
extension HTMLReport {
  /// Failed ones first.
  var thresholds: String {
    let ordered = report.thresholds.filter { !$0.passed } + report.thresholds.filter(\.passed)
    let rows = ordered.prefix(Self.maximumRows).map { threshold in
      [
        Self.state(threshold.passed), "<code>\(HTMLText.escaped(threshold.expression, limit: Self.maximumText))</code>",
        HTMLText.escaped(threshold.shown),
      ]
    }
    let missed = report.missedExpectations.sorted { $0.key < $1.key }.prefix(Self.maximumRows).map { name, count in
      [
        Self.state(false),
        "<code>\(HTMLText.escaped(RunReport.option(expectation: name), limit: Self.maximumText))</code>",
        "\(HumanText.grouped(count)) missed it",
      ]
    }
    return HTMLText.section(
      "thresholds", "Thresholds",
      [HTMLText.table(["", "condition", "measured"], missed + rows, numbersFrom: 2, id: "conditions")])
  }

  private static func state(_ passed: Bool) -> String {
    passed ? "<span class=\"good\">✓ passed</span>" : "<span class=\"bad\">✗ failed</span>"
  }

  var failures: String {
    let rows = report.failureKinds.prefix(Self.maximumRows).map { kind in
      [
        "<code>\(HTMLText.escaped(kind.title, limit: Self.maximumText))</code>", HumanText.grouped(kind.count),
        Self.bar(kind.count, of: report.totals.streams, style: "s2"),
        HTMLText.escaped(kind.advice, limit: Self.maximumText),
      ]
    }
    let table = HTMLText.table(["what", "streams", "share", "what to do"], rows, numbersFrom: 9, id: "failures")
    return HTMLText.section("failed", "What failed", [table])
  }

  var overTime: String {
    guard let series = report.series,
      let chart = TimeChart(series, memorySource: HTMLText.escaped(report.targetMemory.source))
    else { return "" }
    return HTMLText.section(
      "time", "Over time",
      [
        HTMLText.figure("Throughput, failures and memory on one time axis", chart.svg(), chart.words),
        HTMLText.details("The same as a table", TimeChart.table(series)),
      ])
  }

  var latencyOverTime: String {
    var figures: [String] = []
    if let map = HeatMap(report.series, \.ttlb) {
      figures.append(HTMLText.figure("Time to the last byte", map.svg("ttlb"), map.words("ttlb")))
    }
    if let map = HeatMap(report.series, \.ttfb) {
      figures.append(HTMLText.figure("Time to the first body byte", map.svg("ttfb"), map.words("ttfb")))
    }
    return HTMLText.section("heat", "Latency over time", figures)
  }

  var latency: String {
    var figures: [String] = []
    if let chart = HistogramChart(report.histogram(.ttlb)) {
      let svg = chart.svg("streams by ttlb", style: "s1")
      figures.append(HTMLText.figure("How many streams took how long to the last byte", svg, chart.words))
    }
    if let chart = HistogramChart(report.histogram(.ttfb)) {
      let svg = chart.svg("streams by ttfb", style: "s3")
      figures.append(HTMLText.figure("How many took how long to the first body byte", svg, chart.words))
    }
    if let chart = PercentileChart(percentileLines) {
      figures.append(HTMLText.figure("Percentiles", chart.svg(), chart.words))
    }
    return HTMLText.section("latency", "Latency", figures + [times, arrivals, waits])
  }

  private var percentileLines: [PercentileChart.Line] {
    let wanted: [(Distributions.Metric, String)] = [(.ttlb, "s1"), (.ttfb, "s3")]
    var lines = wanted.compactMap { metric, style in
      report.histogram(metric).map { PercentileChart.Line(name: metric.rawValue, style: style, histogram: $0) }
    }
    if let raw = report.uncorrectedHistogram(.ttlb) {
      lines.append(PercentileChart.Line(name: "ttlb as begun", style: "s2", histogram: raw))
    }
    return lines
  }

  private var times: String {
    var rows: [[String]] = []
    func row(_ name: String, _ summary: Summary, _ text: (Double) -> String) {
      let values = [
        summary.min, summary.mean, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max,
      ]
      rows.append([name, HumanText.grouped(summary.count)] + values.map(text))
    }
    for metric in Distributions.Metric.allCases {
      if let summary = report.latencySeconds[metric.rawValue] {
        row("<code>\(metric.rawValue)</code> \(Self.meaning(metric))", summary, HumanText.duration)
      }
      if let raw = report.latencyUncorrectedSeconds?[metric.rawValue] {
        row("<code>\(metric.rawValue)</code> from the real start, not the plan", raw, HumanText.duration)
      }
    }
    if let throughput = report.throughput {
      row("bytes a second, of single streams", throughput) { HumanText.size(Int64(min($0, 9e18))) }
    }
    return HTMLText.table(
      ["", "streams", "min", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"], rows, id: "times")
  }

  private static func meaning(_ metric: Distributions.Metric) -> String {
    switch metric {
    case .ttfh: "response head"
    case .ttfb: "first body byte"
    case .ttlb: "last byte"
    case .gapMax: "longest silence inside a body"
    case .dns: "name resolved, of new connections"
    case .connect: "connected, of new connections"
    case .tls: "TLS, of new connections"
    case .throughput: "bytes a second"
    }
  }

  private var arrivals: String {
    report.arrivalsText.map { "<p>Arrivals of the open model: \(HTMLText.escaped($0)).</p>" } ?? ""
  }

  private var waits: String {
    report.pausesText.map { "<p>Waits that were too long: <span class=\"bad\">\(HTMLText.escaped($0))</span>.</p>" }
      ?? ""
  }

  var outcomes: String {
    let total = report.totals.streams
    let groups: [(String, [(String, Int)])] = [
      ("Status", report.status.sorted { $0.key < $1.key }.map { ($0.key == "0" ? "no response" : $0.key, $0.value) }),
      ("Protocol", report.protocols.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
      ("Transport", report.transportOrder.map { ($0.name, $0.count) }),
      ("Gzip verdict", report.verdictOrder.map { ($0.name, $0.count) }),
      (
        "Body check",
        Treatment.allCases.map { ($0.rawValue, report.validation[$0.rawValue, default: 0]) }.filter { $0.1 > 0 }
      ),
      ("Causes of errors", causes),
    ]
    let tables = groups.filter { !$0.1.isEmpty }.map { title, pairs in
      let rows = pairs.prefix(Self.maximumRows).map { name, count in
        [
          "<code>\(HTMLText.escaped(name, limit: 200))</code>", HumanText.grouped(count),
          Self.bar(count, of: total, style: "s1"),
        ]
      }
      return "<div><h3>\(title)</h3>\(HTMLText.table(["", "streams", "share"], rows, numbersFrom: 9))</div>"
    }
    return HTMLText.section(
      "outcomes", "Outcomes", tables.isEmpty ? [] : ["<div class=\"columns\">"] + tables + ["</div>"])
  }

  private var causes: [(String, Int)] {
    report.httpCauses.sorted { $0.key < $1.key }.flatMap { status, causes in
      causes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { ("\(status) \($0.key)", $0.value) }
    }
  }

  /// A share as a bar and in words. Its length is an attribute of SVG: styles of elements are not allowed here.
  static func bar(_ count: Int, of total: Int, style: String) -> String {
    let share = total > 0 ? min(max(Double(count) / Double(total), 0), 1) : 0
    let length = count > 0 ? max(1, share * 100) : 0
    return
      "<span class=\"share\"><svg class=\"part\" viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
      + "<rect class=\"rest\" width=\"100\" height=\"8\"/><rect class=\"bar \(style)\" width=\"\(ChartFrame.n(length))\" height=\"8\"/>"
      + "</svg> \(TextSummary.percent(share))</span>"
  }
}
