internal import Histogram
internal import ToolSupport

// Times as a table, and how they are spread.
extension TextSummary {
  mutating func times() {
    let isOpen = report.latencyUncorrectedSeconds != nil
    table(report.latencySeconds, throughput: report.throughput, title: isOpen ? "times from the planned start" : nil)
    guard let raw = report.latencyUncorrectedSeconds else { return }
    // Waiting for a free lane is in the first table and not in this one.
    let differing = raw.filter { report.latencySeconds[$0.key] != $0.value }
    table(differing, throughput: nil, title: "times from the real start")
  }

  private mutating func table(_ summaries: [String: Summary], throughput: Summary?, title: String?) {
    let shown = Distributions.Metric.allCases.filter { summaries[$0.rawValue] != nil }
    guard !shown.isEmpty || throughput != nil else { return }
    if let title { layout.line(style.strong(title)) }
    let names = ["min", "mean", "p50", "p90", "p95", "p99", "p99.9", "max"]
    layout.line(
      style.strong(TextLayout.padded("", Self.nameWidth) + names.map { TextLayout.right($0, Self.column) }.joined()))
    for metric in shown {
      guard let summary = summaries[metric.rawValue] else { continue }
      row(metric.rawValue, summary, HumanText.duration)
    }
    if let throughput { row("bytes/s", throughput) { HumanText.size(Int64(min($0, 9e18))) } }
    layout.line()
  }

  private mutating func row(_ name: String, _ summary: Summary, _ text: (Double) -> String) {
    let values = [
      summary.min, summary.mean, summary.p50, summary.p90, summary.p95, summary.p99, summary.p999, summary.max,
    ]
    layout.line(
      TextLayout.padded(name, Self.nameWidth) + values.map { TextLayout.right(text($0), Self.column) }.joined())
  }

  /// Of the last byte; of the first one too where it comes well before the last.
  mutating func histograms() {
    guard let ttlb = report.latencySeconds["ttlb"] else { return }
    let ttfb = report.latencySeconds["ttfb"]
    if let ttfb, ttfb.p50 < ttlb.p50 / 2 { bars(.ttfb, "time to the first body byte") }
    bars(.ttlb, "time to the last byte")
  }

  private mutating func bars(_ metric: Distributions.Metric, _ title: String) {
    guard let histogram = report.histogram(metric), histogram.totalCount >= Self.fewest else { return }
    let bins = HistogramBins(histogram, scale: 1e-6, maximum: Self.maximumBars).bins
    guard bins.count > 1 else { return }
    let total = bins.reduce(0) { $0 + $1.count }
    let highest = bins.map(\.count).max() ?? 0
    layout.line(style.strong("\(title) (\(metric.rawValue))"))
    for bin in bins {
      let line =
        TextLayout.right("≤ " + HumanText.duration(bin.high), 10) + TextLayout.right(HumanText.grouped(bin.count), 12)
      guard bin.count > 0 else {
        layout.line(line)
        continue
      }
      let share = Self.percent(Double(bin.count) / Double(max(1, total)))
      layout.line(line + TextLayout.right(share, 8) + "  " + Self.bar(bin.count, of: highest))
    }
    layout.line()
  }

  /// What is there can be seen: less than half a block is a dot.
  private static func bar(_ count: Int, of highest: Int) -> String {
    guard highest > 0 else { return "" }
    let blocks = Int((Double(count) / Double(highest) * Double(barWidth)).rounded())
    return blocks > 0 ? String(repeating: "■", count: blocks) : "·"
  }

  private static let nameWidth = 8
  private static let column = 9
  private static let barWidth = 47
  private static let maximumBars = 12
  /// Streams; the table says all about less.
  private static let fewest: UInt64 = 10
}

extension RunReport {
  /// Nil in the closed loop, where a stream is planned when a lane is free.
  var arrivalsText: String? {
    let arrivals = arrivals
    guard
      latencyUncorrectedSeconds != nil || arrivals.late > 0 || arrivals.dropped > 0
        || arrivals.planned != totals.streams
    else { return nil }
    func counted(_ count: Int, _ word: String) -> String {
      let share =
        count > 0 && arrivals.planned > 0 ? " (\(TextSummary.percent(Double(count) / Double(arrivals.planned))))" : ""
      return "\(HumanText.grouped(count)) \(word)\(share)"
    }
    return "\(HumanText.grouped(arrivals.planned)) planned, \(counted(arrivals.late, "late")), "
      + counted(arrivals.dropped, "dropped")
  }
}
