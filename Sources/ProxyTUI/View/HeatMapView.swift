internal import LoadGen

/// Streams by when they ended (columns) and how long they took (rows); the denser a glyph, the more of them.
struct HeatMapView {
  let model: DashboardModel
  let buckets: BucketRows
  let columns: Range<Int>
  /// Where the legend stands, in the axis' row.
  let legend: Range<Int>

  private var metric: Distributions.Metric { model.metric }
  private var heat: HeatMap { model.heat }
  /// Columns of the map that share a cell, so that all of it is shown.
  private var perCell: Int {
    var perCell = 1
    while HeatMap.columns / perCell > columns.count, perCell < HeatMap.columns { perCell += 1 }
    return perCell
  }

  func draw(_ rows: Range<Int>, axis: Int, into frame: inout Frame) {
    guard heat.span(metric) != nil else {
      let text = "nobody told of single streams"
      frame.put(text, row: rows.lowerBound, column: columns.lowerBound, width: columns.count, role: .faint)
      return
    }
    let perCell = perCell
    // The last one may have fewer columns of the map than the others.
    let cells = (HeatMap.columns + perCell - 1) / perCell
    let counts = (0..<buckets.count).map { row in
      (0..<cells).map { cell in
        heat.count(metric, columns: cell * perCell..<(cell + 1) * perCell, buckets: buckets.buckets(row: row))
      }
    }
    let scale = HeatScale(highest: counts.reduce(0) { max($0, $1.max() ?? 0) }, glyphs: model.glyphs)
    for line in 0..<rows.count where line / buckets.linesPerRow < counts.count {
      let row = counts[line / buckets.linesPerRow]
      for (offset, column) in columns.enumerated() {
        guard let cell = scale.cell(row[offset * cells / columns.count]) else { continue }
        frame.put(cell.glyph, row: rows.lowerBound + line, column: column, role: cell.role)
      }
    }
    drawAxis(seconds: Double(cells * perCell) * Double(heat.columnLength) / 1e6, row: axis, into: &frame)
    drawLegend(scale, row: axis, into: &frame)
  }

  private func drawAxis(seconds: Double, row: Int, into frame: inout Frame) {
    let marks = TimeAxis.marks(
      from: Double(heat.start) / 1e6, secondsPerColumn: seconds / Double(max(1, columns.count)), columns: columns)
    TimeAxis.draw(marks, columns: columns, row: row, glyphs: model.glyphs, into: &frame)
  }

  /// `1 ░▒▓█ 64+ a cell`
  private func drawLegend(_ scale: HeatScale, row: Int, into frame: inout Frame) {
    var column = frame.put(" 1 ", row: row, column: legend.lowerBound - 1, role: .label)
    for (index, glyph) in scale.glyphs.enumerated() {
      frame.put(glyph, row: row, column: column, role: scale.role(level: index + 1))
      column += 1
    }
    let number = " \(FieldText.count(scale.highest, width: 6))+ "
    let room = legend.upperBound - column
    let text = ["streams a cell ", "a cell ", ""].map { number + $0 }.first { $0.utf8.count <= room }
    if let text { frame.put(text, row: row, column: column, role: .label) }
  }
}
