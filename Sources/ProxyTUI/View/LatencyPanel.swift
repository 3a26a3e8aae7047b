internal import LoadGen

/// One of the times: a heat map over the run, and beside it, in the same rows, the histogram of all of it; where there is room the
/// percentiles too. Rows are half octaves, so the scale is logarithmic.
struct LatencyPanel {
  /// Labels of the rows.
  private static let gutter = 11
  /// A title, the axis, and two rows between them.
  static let smallest = 4

  let model: DashboardModel
  let shape: RunLatency.Shape
  let rows: Range<Int>
  let buckets: BucketRows
  /// Empty for what has no heat map.
  let heat: Range<Int>
  let histogram: Range<Int>
  /// Empty where there is no room.
  let ladder: Range<Int>

  private var metric: Distributions.Metric { model.metric }
  private var glyphs: GlyphSet { model.glyphs }
  private var body: Range<Int> { rows.lowerBound + 1..<rows.lowerBound + 1 + buckets.lines }
  /// Below the last row of buckets, not of the screen.
  private var axis: Int { body.upperBound }

  init(_ model: DashboardModel, _ shape: RunLatency.Shape, rows: Range<Int>, columns: Int) {
    self.model = model
    self.shape = shape
    self.rows = rows
    let lines = rows.count - 2
    buckets = BucketRows(span: Self.span(model, shape), lines: lines)
    let hasLadder = columns >= 110 && lines >= LatencyLadder.rows
    let ladderWidth = hasLadder ? (columns >= 160 ? 40 : 28) : 0
    ladder = columns - ladderWidth + (hasLadder ? 2 : 0)..<columns - (hasLadder ? 1 : 0)
    let room = columns - Self.gutter - ladderWidth
    guard model.metric.hasHeat else {
      heat = Self.gutter..<Self.gutter
      histogram = Self.gutter..<Self.gutter + min(room - 1, 90)
      return
    }
    let width = min(60, room * 2 / 5)
    heat = Self.gutter..<Self.gutter + room - width
    histogram = heat.upperBound + 2..<heat.upperBound + width
  }

  private static func span(_ model: DashboardModel, _ shape: RunLatency.Shape) -> ClosedRange<Int> {
    let counts = shape.buckets.counts
    var span: ClosedRange<Int>?
    if let low = counts.firstIndex(where: { $0 > 0 }), let high = counts.lastIndex(where: { $0 > 0 }) {
      span = low...high
    }
    guard let heat = model.heat.span(model.metric) else { return span ?? 0...0 }
    guard let span else { return heat }
    return min(span.lowerBound, heat.lowerBound)...max(span.upperBound, heat.upperBound)
  }

  func draw(into frame: inout Frame) {
    drawTitle(into: &frame)
    for row in 0..<buckets.count {
      // In the lowest of its lines, where its lower edge is what the label of the next row says.
      frame.putRight(
        buckets.label(row: row, metric, glyphs), row: body.lowerBound + row * buckets.linesPerRow, column: 0,
        width: Self.gutter - 1, role: .label)
    }
    // Few buckets are lower than the percentiles beside them.
    let isLower = !ladder.isEmpty && axis < rows.lowerBound + 1 + LatencyLadder.rows
    frame.fill(
      row: axis, from: 0, to: isLower ? ladder.lowerBound - 1 : frame.size.columns, glyphs.rule, role: .faint)
    if !heat.isEmpty {
      HeatMapView(model: model, buckets: buckets, columns: heat, legend: histogram).draw(body, axis: axis, into: &frame)
    }
    drawHistogram(into: &frame)
    guard !ladder.isEmpty else { return }
    LatencyLadder.draw(
      shape, metric, rows: rows.lowerBound + 1..<rows.upperBound, columns: ladder, glyphs: glyphs, into: &frame)
  }

  private func drawTitle(into frame: inout Frame) {
    let row = rows.lowerBound
    frame.fill(row: row, from: 0, to: frame.size.columns, glyphs.rule, role: .faint)
    let isPart = model.latency?.isWhole == false
    var end = frame.put(" \(metric.rawValue)", row: row, column: 1, role: .heading)
    let room = (heat.isEmpty ? frame.size.columns : histogram.lowerBound) - end - 2
    let scale = "log scale"
    let notes = ["\(metric.meaning) over time, \(scale)", "over time, \(scale)", scale]
    let part = isPart ? ", a part of the run" : ""
    if heat.isEmpty {
      end = frame.put(", \(metric.meaning), \(scale)", row: row, column: end, role: .label)
    } else {
      let note = notes.first { $0.utf8.count + part.utf8.count + 3 <= room } ?? scale
      end = frame.put(", \(note)", row: row, column: end, role: .label)
    }
    end = frame.put(part, row: row, column: end, role: .waiting)
    frame.put(" ", row: row, column: end, role: .text)
    if !heat.isEmpty { frame.put(" streams ", row: row, column: histogram.lowerBound - 1, role: .heading) }
    if !ladder.isEmpty { frame.put(" percentiles ", row: row, column: ladder.lowerBound - 1, role: .heading) }
  }

  // MARK: - Histogram

  private func drawHistogram(into frame: inout Frame) {
    let counts = (0..<buckets.count).map { row in
      buckets.buckets(row: row).reduce(0) { $0 &+ count(bucket: $1) }
    }
    let highest = max(1, counts.max() ?? 1)
    let hasShares = histogram.count >= 38
    let hasMarks = histogram.count >= 54
    let end = histogram.upperBound - (hasMarks ? 18 : 0)
    let countEnd = end - (hasShares ? 7 : 0)
    let bar = histogram.lowerBound..<max(histogram.lowerBound, countEnd - 8)
    for (row, count) in counts.enumerated() {
      for line in 0..<buckets.linesPerRow where count > 0 {
        drawBar(
          Double(count) / Double(highest), row: body.lowerBound + row * buckets.linesPerRow + line, columns: bar,
          into: &frame)
      }
      let line = body.lowerBound + row * buckets.linesPerRow
      let text = count > 0 ? FieldText.count(Int(clamping: count), width: 7) : glyphs.unicode ? "·" : "."
      frame.putRight(text, row: line, column: countEnd - 7, width: 7, role: count > 0 ? .value : .faint)
      if hasShares, count > 0 {
        let share = OverviewFigures.share(Int(clamping: count), of: Int(clamping: shape.count))
        frame.putRight(share, row: line, column: end - 6, width: 6, role: .label)
      }
      if hasMarks { frame.put(marks(row: row), row: line, column: end + 1, width: 17, role: .accent) }
    }
  }

  private func count(bucket: Int) -> Int64 {
    let counts = shape.buckets.counts
    return counts.indices.contains(bucket) ? max(0, counts[bucket]) : 0
  }

  /// Anything above nothing shows.
  private func drawBar(_ share: Double, row: Int, columns: Range<Int>, into frame: inout Frame) {
    guard !columns.isEmpty else { return }
    let eighths = max(1, Int((min(max(share, 0), 1) * Double(columns.count * 8)).rounded()))
    let end = columns.lowerBound + eighths / 8
    frame.fill(row: row, from: columns.lowerBound, to: end, glyphs.barFull, role: .bar)
    guard eighths % 8 > 0 else { return }
    // Next to nothing is a dot in glyphs that know no less than half a cell.
    let part = glyphs.barPart(eighths: eighths % 8) ?? (eighths < 8 ? (glyphs.unicode ? "▌" : "|") : nil)
    if let part { frame.put(part, row: row, column: end, role: .bar) }
  }

  /// Which percentiles fall into a row.
  private func marks(row: Int) -> String {
    [50, 90, 99, 99.9].filter { buckets.row(of: LatencyTable.percentile(shape, $0)) == row }
      .map { "p" + FieldText.number($0) }.joined(separator: " ")
  }
}
