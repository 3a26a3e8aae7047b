internal import ToolSupport

/// How latencies were spread at each moment: time to the right, latency upwards on a logarithmic axis, darker where more
/// streams ended; the median and the 99th percentile as lines.
struct HeatMap {
  static let levels = 7
  private static let maximumColumns = 150
  private static let height = 220.0

  private let samples: [SeriesSample]
  private let buckets: KeyPath<SeriesSample, LatencyBuckets>
  private let rows: ClosedRange<Int>
  private let most: Int64
  private let frame: ChartFrame

  /// Nil when no stream came whole.
  init?(_ series: TimeSeries?, _ buckets: KeyPath<SeriesSample, LatencyBuckets>) {
    guard let series else { return nil }
    samples = series.reduced(to: Self.maximumColumns).samples
    self.buckets = buckets
    let used = Set(
      samples.flatMap { sample in
        sample[keyPath: buckets].counts.indices.filter { sample[keyPath: buckets].counts[$0] > 0 }
      })
    guard let first = used.min(), let last = used.max(), let end = samples.last else { return nil }
    rows = first...last
    most = samples.reduce(1) { max($0, $1[keyPath: buckets].counts.max() ?? 0) }
    frame = ChartFrame(
      top: 26, height: Self.height, x: .time(most: end.atSeconds + end.seconds, marks: 10),
      y: .logarithmic(from: Self.edges(first).low, to: Self.edges(last).high))
  }

  func svg(_ name: String) -> String {
    var content = [frame.title("\(name), logarithmic; darker where more streams ended")]
    content.append(contentsOf: cells)
    content.append(frame.leftMarks(HumanText.duration))
    content.append(frame.bottomMarks(HumanText.duration))
    content += [(50.0, "p50"), (99, "p99")].map { line($0, $1) }
    content += samples.map(hover)
    content += legend
    return ChartFrame.svg(height: frame.bottom + 58, label: words(name), content)
  }

  /// One path for each level: tens of thousands of rectangles would be megabytes.
  private var cells: [String] {
    var paths = [String](repeating: "", count: Self.levels)
    for sample in samples {
      let left = frame.across(sample.atSeconds)
      let width = max(1, frame.across(sample.atSeconds + sample.seconds) - left)
      for row in rows {
        let count = sample[keyPath: buckets].counts[row]
        guard count > 0 else { continue }
        let edges = Self.edges(row)
        let (top, bottom) = (frame.down(edges.high), frame.down(edges.low))
        paths[level(count) - 1] +=
          "M\(ChartFrame.n(left)) \(ChartFrame.n(top))h\(ChartFrame.n(width))v\(ChartFrame.n(bottom - top))"
          + "h\(ChartFrame.n(-width))Z"
      }
    }
    return paths.enumerated().map { $1.isEmpty ? "" : "<path class=\"h\($0 + 1)\" d=\"\($1)\"/>" }
  }

  /// By the square root, so that the few slow ones of a busy second are seen too.
  private func level(_ count: Int64) -> Int {
    let share = (Double(count) / Double(max(1, most))).squareRoot()
    return min(max(Int((share * Double(Self.levels)).rounded(.up)), 1), Self.levels)
  }

  private func line(_ rank: Double, _ name: String) -> String {
    let points = samples.compactMap { sample -> (Double, Double)? in
      guard let value = sample[keyPath: buckets].percentile(rank) else { return nil }
      return (frame.across(sample.atSeconds + sample.seconds / 2), frame.down(value))
    }
    guard let last = points.last else { return "" }
    let path = points.enumerated().map { "\($0 == 0 ? "M" : "L")\(ChartFrame.n($1.0)) \(ChartFrame.n($1.1))" }.joined()
    let dot =
      points.count == 1
      ? "<circle class=\"dot\" cx=\"\(ChartFrame.n(last.0))\" cy=\"\(ChartFrame.n(last.1))\" r=\"4\"/>" : ""
    return "<path class=\"halo\" d=\"\(path)\"/><path class=\"over \(name)\" d=\"\(path)\"/>\(dot)"
      + "<text class=\"label halo-text\" x=\"\(ChartFrame.n(min(last.0 + 4, frame.right - 28)))\" "
      + "y=\"\(ChartFrame.n(last.1 - 5))\">\(name)</text>"
  }

  private func hover(_ sample: SeriesSample) -> String {
    let left = frame.across(sample.atSeconds)
    let times = [50.0, 99].map { sample[keyPath: buckets].percentile($0).map(HumanText.duration) ?? "–" }
    return ChartFrame.hover(
      x: left, y: frame.top, width: frame.across(sample.atSeconds + sample.seconds) - left, height: frame.height,
      "at \(HumanText.duration(sample.atSeconds)): p50 about \(times[0]), p99 about \(times[1]), "
        + "\(sample[keyPath: buckets].total) whole streams")
  }

  private var legend: [String] {
    let y = frame.bottom + 34
    var out = ["<text class=\"mark\" x=\"\(ChartFrame.n(frame.left))\" y=\"\(ChartFrame.n(y + 10))\">1 stream</text>"]
    for level in 1...Self.levels {
      let x = frame.left + 62 + Double(level - 1) * 22
      out.append(
        "<rect class=\"h\(level)\" x=\"\(ChartFrame.n(x))\" y=\"\(ChartFrame.n(y))\" width=\"22\" height=\"12\"/>")
    }
    out.append(
      "<text class=\"mark\" x=\"\(ChartFrame.n(frame.left + 62 + 22 * 7 + 8))\" y=\"\(ChartFrame.n(y + 10))\">"
        + "\(HumanText.grouped(Int(clamping: most))) streams; lines: p50 solid, p99 dashed</text>")
    out.append(
      "<text class=\"mark end\" x=\"\(ChartFrame.n(frame.right))\" y=\"\(ChartFrame.n(y + 10))\">time since the run's start</text>"
    )
    return out
  }

  func words(_ name: String) -> String {
    let ranked = samples.compactMap { sample in sample[keyPath: buckets].percentile(99).map { (sample.atSeconds, $0) } }
    guard let worst = ranked.max(by: { $0.1 < $1.1 }), let best = ranked.min(by: { $0.1 < $1.1 }) else { return "" }
    return HTMLText.escaped(
      "The 99th percentile of \(name) was between about \(HumanText.duration(best.1)) and \(HumanText.duration(worst.1)), "
        + "worst at \(HumanText.duration(worst.0)).")
  }

  /// Of a bucket, in seconds. The first and the last one have no end of their own and are drawn as high as the others.
  private static func edges(_ bucket: Int) -> (low: Double, high: Double) {
    let bounds = LatencyBuckets.bounds
    let high = bucket < bounds.count ? Double(bounds[bucket]) : Double(bounds.last ?? 1) * 2.0.squareRoot()
    return (high / 2.0.squareRoot() / 1e6, high / 1e6)
  }
}
