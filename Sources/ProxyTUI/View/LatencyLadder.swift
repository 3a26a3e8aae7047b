internal import LoadGen

/// The percentiles of one of the times, the highest at the top as in the histogram beside it, each with a bar of its own length.
enum LatencyLadder {
  /// What there is besides the ranks: max, min and mean.
  static let rows = RunLatency.ranks.count + 3

  static func draw(
    _ shape: RunLatency.Shape, _ metric: Distributions.Metric, rows: Range<Int>, columns: Range<Int>, glyphs: GlyphSet,
    into frame: inout Frame
  ) {
    var lines = [("max", shape.max)]
    for rank in RunLatency.ranks.reversed() {
      lines.append(("p" + FieldText.number(rank), LatencyTable.percentile(shape, rank)))
    }
    lines.append(("min", shape.min))
    let mean = Int64(exactly: min(max(0, shape.mean), 9e18).rounded()) ?? 0
    lines.append(("mean", mean))
    let start = columns.lowerBound + 16
    for (row, line) in zip(rows, lines) {
      frame.put(line.0, row: row, column: columns.lowerBound, role: .label)
      frame.putRight(metric.text(line.1), row: row, column: columns.lowerBound + 7, width: 8, role: .value)
      guard shape.max > 0, start < columns.upperBound else { continue }
      let share = min(max(Double(line.1) / Double(shape.max), 0), 1)
      Bar.draw(
        share, start: start, width: columns.upperBound - start, glyphs: glyphs, role: .bar, row: row, into: &frame)
    }
  }
}
