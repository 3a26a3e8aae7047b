internal import LoadGen

/// The lanes that fit, of as many as there are: costs nothing for those that are scrolled away.
enum LaneTableView {
  static func draw(_ model: DashboardModel, layout: Layout, into frame: inout Frame) {
    let columns = LaneColumn.fit(frame.size.columns)
    drawHeader(model, columns, row: layout.tableHeader, into: &frame)
    guard !model.snapshot.lanes.isEmpty else {
      frame.put("no lane has started yet", row: layout.lanes.lowerBound, column: 2, role: .faint)
      return
    }
    let lanes = model.lanes(rows: model.top..<model.top + layout.lanes.count)
    if lanes.isEmpty { frame.put("no lane has failed", row: layout.lanes.lowerBound, column: 2, role: .faint) }
    for (index, lane) in lanes.enumerated() {
      let row = layout.lanes.lowerBound + index
      for column in columns { LaneCellView.draw(lane, column, model: model, row: row, into: &frame) }
      guard model.top + index == model.selection else { continue }
      frame.put(model.glyphs.selection, row: row, column: 0, role: .selected)
      frame.restyle(row: row, from: 1, to: columns[0].width, role: .selected)
    }
  }

  private static func drawHeader(_ model: DashboardModel, _ columns: [LaneColumn], row: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, " ", role: .heading)
    for column in columns {
      if column.rightAligned {
        frame.putRight(column.title, row: row, column: column.start, width: column.width, role: .heading)
      } else {
        frame.put(column.title, row: row, column: column.start, width: column.width, role: .heading)
      }
    }
    guard let last = columns.last, let layout = model.layout, model.rowCount > layout.lanes.count else { return }
    let shown = "\(model.top + 1)-\(min(model.top + layout.lanes.count, model.rowCount))/\(model.rowCount)"
    let start = frame.size.columns - shown.utf8.count
    guard start > last.start else { return }
    frame.put(" " + shown, row: row, column: start - 1, role: .label)
  }
}
