internal import LoadGen

/// A row of figures for each of the times. The selected one is marked.
enum LatencyTable {
  private struct Column {
    var title: String
    var value: @Sendable (RunLatency.Shape) -> Int64
  }

  /// The times that there are rows for, in their order. Where room is short: the four of every stream, and the selected one.
  static func metrics(_ model: DashboardModel, most: Int) -> [Distributions.Metric] {
    let isRoomy = most > HeatMap.metrics.count + 1
    let all = Distributions.Metric.allCases.filter { metric in
      metric.hasHeat || metric == model.metric || (isRoomy && model.latency?.shapes[metric] != nil)
    }
    guard all.count > most, most > 0 else { return all }
    let others = all.filter { $0 != model.metric }.prefix(most - 1)
    return all.filter { $0 == model.metric || others.contains($0) }
  }

  static func draw(
    _ metrics: [Distributions.Metric], _ model: DashboardModel, row: Int, into frame: inout Frame
  ) {
    let width = frame.size.columns
    let columns = width >= 80 ? all : Array(all.dropFirst(2))
    let step = width >= 120 ? 10 : 8
    let nameWidth = width >= 120 ? 40 : min(11, width - 10 - columns.count * step)
    frame.put("TIME", row: row, column: 2, role: .heading)
    frame.putRight("STREAMS", row: row, column: nameWidth, width: 10, role: .heading)
    for (index, column) in columns.enumerated() {
      frame.putRight(column.title, row: row, column: nameWidth + 10 + index * step, width: step, role: .heading)
    }
    for (index, metric) in metrics.enumerated() {
      let row = row + 1 + index
      let isSelected = metric == model.metric
      if isSelected {
        frame.fill(row: row, from: 0, to: width, " ", role: .selected)
        frame.put(model.glyphs.selection, row: row, column: 0, role: .selected)
      }
      let role: Role = isSelected ? .selected : .value
      frame.put(metric.rawValue, row: row, column: 2, role: isSelected ? .selected : .label)
      if width >= 120 { frame.put(metric.meaning, row: row, column: 13, role: isSelected ? .selected : .faint) }
      let shape = model.latency?.shapes[metric]
      let count = Int(clamping: shape?.count ?? 0)
      frame.putRight(FieldText.count(count, width: 9), row: row, column: nameWidth, width: 10, role: role)
      for (index, column) in columns.enumerated() {
        let text = shape.map { metric.text(column.value($0)) } ?? "-"
        frame.putRight(text, row: row, column: nameWidth + 10 + index * step, width: step, role: role)
      }
    }
  }

  /// By rank, whatever a shape has: one from elsewhere may have fewer.
  static func percentile(_ shape: RunLatency.Shape, _ rank: Double) -> Int64 {
    guard let index = RunLatency.ranks.firstIndex(of: rank), shape.percentiles.indices.contains(index) else { return 0 }
    return shape.percentiles[index]
  }

  private static let all = [
    Column(title: "MIN") { $0.min },
    Column(title: "MEAN") { Int64(exactly: min(max(0, $0.mean), 9e18).rounded()) ?? 0 },
    Column(title: "P50") { percentile($0, 50) },
    Column(title: "P90") { percentile($0, 90) },
    Column(title: "P99") { percentile($0, 99) },
    Column(title: "P99.9") { percentile($0, 99.9) },
    Column(title: "MAX") { $0.max },
  ]
}
