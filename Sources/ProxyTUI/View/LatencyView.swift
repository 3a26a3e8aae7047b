internal import LoadGen

/// How long the streams took: a table of all the times; of the selected one a histogram, percentiles, and a heat map over the run.
enum LatencyView {
  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard rows.count >= 2, frame.size.columns >= 40 else { return }
    guard model.snapshot.watch == nil else {
      for (row, text) in zip(rows.dropFirst(), untold) { frame.put(text, row: row, column: 2, role: .faint) }
      return
    }
    let most = rows.count < 20 ? min(rows.count - 1, HeatMap.metrics.count + 1) : rows.count - 1
    let metrics = LatencyTable.metrics(model, most: most)
    LatencyTable.draw(metrics, model, row: rows.lowerBound, into: &frame)
    // A blank row where there are rows to spare.
    let start = rows.lowerBound + 1 + metrics.count + (rows.count >= 20 ? 1 : 0)
    guard let shape = model.latency?.shapes[model.metric] else {
      guard start < rows.upperBound else { return }
      frame.put(missing(model), row: min(start + 1, rows.upperBound - 1), column: 2, role: .faint)
      return
    }
    guard rows.upperBound - start >= LatencyPanel.smallest else { return }
    LatencyPanel(model, shape, rows: start..<rows.upperBound, columns: frame.size.columns).draw(into: &frame)
  }

  private static let untold = [
    "the target's stats tell no times",
    "gzproxy has them in /.gzproxy/metrics, gzlambda in its log's REPORT lines",
    "gztop URL measures a load's own, gztop --attach HOST:PORT shows a gzload's",
  ]

  private static func missing(_ model: DashboardModel) -> String {
    if model.snapshot.counters.streams == 0 { return "no stream has ended yet" }
    guard let shapes = model.latency?.shapes, !shapes.isEmpty else {
      return "nobody has told how long the streams took"
    }
    return "no stream has got so far as its \(model.metric.rawValue) (\(model.metric.meaning)); m shows another"
  }
}
