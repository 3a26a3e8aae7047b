internal import ToolSupport

/// Throughput, streams, failures and the target's memory above each other, on one time axis.
struct TimeChart {
  private let samples: [SeriesSample]
  private let end: Double
  private let memorySource: String

  /// Nil for a run that nobody followed.
  init?(_ series: TimeSeries?, memorySource: String) {
    guard let series, let last = series.samples.last else { return nil }
    samples = series.samples
    end = last.atSeconds + last.seconds
    self.memorySource = memorySource
  }

  private struct Panel {
    var title: String
    var style: String
    /// What an axis mark is divided by.
    var unit: Double
    /// Nil draws nothing at this sample.
    var value: (SeriesSample) -> Double?
  }

  func svg() -> String {
    var content: [String] = []
    var top = 26.0
    var frames: [ChartFrame] = []
    for panel in panels {
      let values = samples.compactMap(panel.value)
      let y = ChartAxis.linear(most: (values.max() ?? 0) / panel.unit, marks: 3)
      let frame = ChartFrame(
        top: top, height: Self.panelHeight, x: .time(most: end, marks: 10), y: y)
      content.append(frame.title(values.isEmpty ? "\(panel.title): \(memorySource)" : panel.title))
      if !values.isEmpty {
        content.append(frame.leftMarks { Self.mark($0) })
        content.append(drawn(panel, frame))
      }
      content.append(frame.bottomMarks { frames.count == panels.count - 1 ? HumanText.duration($0) : "" })
      frames.append(frame)
      top += Self.panelHeight + Self.gap
    }
    if let first = frames.first, let last = frames.last {
      content += samples.map { hover($0, first, last) }
      content.append(
        "<text class=\"mark end\" x=\"\(ChartFrame.n(last.right))\" y=\"\(ChartFrame.n(last.bottom + 36))\">"
          + "time since the run's start</text>")
    }
    return ChartFrame.svg(height: top + 8, label: words, content)
  }

  private var panels: [Panel] {
    let bytes = Self.unit(samples.map(\.bytesWirePerSecond).max() ?? 0)
    let memory = Self.unit(Double(samples.compactMap(\.rssBytes).max() ?? 0))
    return [
      Panel(title: "Throughput on the wire, \(bytes.name)/s", style: "s1", unit: bytes.size) { $0.bytesWirePerSecond },
      Panel(title: "Streams ended, per second", style: "s3", unit: 1) { $0.streamsPerSecond },
      Panel(title: "Streams failed, per second", style: "s2", unit: 1) {
        $0.seconds > 0 ? Double($0.failed) / $0.seconds : 0
      },
      Panel(title: "Target memory, \(memory.name)", style: "s4", unit: memory.size) { $0.rssBytes.map(Double.init) },
      Panel(title: "Streams in flight", style: "s5", unit: 1) { Double($0.active) },
    ]
  }

  /// A step for each sample: what is between two of them is known of none.
  private func drawn(_ panel: Panel, _ frame: ChartFrame) -> String {
    var line = ""
    var area = ""
    var isOpen = false
    for sample in samples {
      guard let value = panel.value(sample) else {
        if isOpen { area += "V\(ChartFrame.n(frame.bottom))Z" }
        isOpen = false
        continue
      }
      let from = ChartFrame.n(frame.across(sample.atSeconds))
      let to = ChartFrame.n(frame.across(sample.atSeconds + sample.seconds))
      let height = ChartFrame.n(frame.down(value / panel.unit))
      line += isOpen ? "V\(height)H\(to)" : "M\(from) \(height)H\(to)"
      area += isOpen ? "V\(height)H\(to)" : "M\(from) \(ChartFrame.n(frame.bottom))V\(height)H\(to)"
      isOpen = true
    }
    if isOpen { area += "V\(ChartFrame.n(frame.bottom))Z" }
    return "<path class=\"area \(panel.style)\" d=\"\(area)\"/><path class=\"line \(panel.style)\" d=\"\(line)\"/>"
  }

  private func hover(_ sample: SeriesSample, _ first: ChartFrame, _ last: ChartFrame) -> String {
    let from = first.across(sample.atSeconds)
    let memory = sample.rssBytes.map { ", target \(HumanText.size($0))" } ?? ""
    return ChartFrame.hover(
      x: from, y: first.top, width: first.across(sample.atSeconds + sample.seconds) - from,
      height: last.bottom - first.top,
      "at \(HumanText.duration(sample.atSeconds)): \(HumanText.rate(sample.bytesWirePerSecond)), "
        + "\(HumanText.fixed(sample.streamsPerSecond, 1)) streams/s, \(HumanText.grouped(sample.failed)) failed\(memory), "
        + "\(HumanText.grouped(sample.active)) in flight")
  }

  /// What the picture shows, for those who do not see it.
  var words: String {
    let best = samples.max { $0.bytesWirePerSecond < $1.bytesWirePerSecond }
    let failing = samples.filter { $0.failed > 0 }
    var text = "Throughput was highest at \(HumanText.duration(best?.atSeconds ?? 0)): "
    text += "\(HumanText.rate(best?.bytesWirePerSecond ?? 0)). "
    if let first = failing.first, let worst = failing.max(by: { $0.failed < $1.failed }) {
      text += "Streams failed from \(HumanText.duration(first.atSeconds)) on, most of them "
      text += "(\(HumanText.grouped(worst.failed))) at \(HumanText.duration(worst.atSeconds)). "
    } else {
      text += "No stream failed. "
    }
    let memory = samples.compactMap(\.rssBytes)
    if let low = memory.min(), let high = memory.max() {
      text += "The target used \(HumanText.size(low)) to \(HumanText.size(high))."
    } else {
      text += "Nobody told the target's memory."
    }
    return HTMLText.escaped(text)
  }

  /// At most 150 rows.
  static func table(_ series: TimeSeries) -> String {
    let rows = series.reduced(to: 150).samples.map { sample in
      [
        HumanText.duration(sample.atSeconds), HumanText.rate(sample.bytesWirePerSecond),
        HumanText.fixed(sample.streamsPerSecond, 1), HumanText.grouped(sample.failed),
        sample.rssBytes.map(HumanText.size) ?? "–", HumanText.grouped(sample.active),
        TextSummary.percent(sample.clientBusy), sample.ttlb.percentile(50).map(HumanText.duration) ?? "–",
        sample.ttlb.percentile(99).map(HumanText.duration) ?? "–",
      ]
    }
    return HTMLText.table(
      [
        "at", "on the wire", "streams/s", "failed", "target memory", "in flight", "tester busy", "ttlb p50 about",
        "ttlb p99 about",
      ], rows, id: "series")
  }

  private static func unit(_ most: Double) -> (name: String, size: Double) {
    let units = [("B", 1.0), ("KiB", 1024.0), ("MiB", 1_048_576.0), ("GiB", 1_073_741_824.0)]
    return units.last { most >= $0.1 } ?? ("B", 1)
  }

  private static func mark(_ value: Double) -> String {
    value >= 1000 ? HumanText.grouped(Int(min(value, 9e15))) : ChartFrame.n(value)
  }

  private static let panelHeight = 72.0
  private static let gap = 40.0
}
