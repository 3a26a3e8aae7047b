internal import LoadGen
internal import ToolSupport

/// The rows that fit, of as many as there are: costs nothing for those that are scrolled away.
enum LaneTableView {
  static func draw(_ model: DashboardModel, layout: Layout, into frame: inout Frame) {
    let columns = model.laneColumns(frame.size.columns)
    let list = model.streams.list
    TableHeader.draw(
      titles(columns, sortedBy: list.sort?.field),
      list, rows: model.rowCount, height: layout.lanes.count, row: layout.tableHeader, glyphs: model.glyphs,
      into: &frame)
    guard model.rowCount > 0 else {
      frame.put(nothing(model), row: layout.lanes.lowerBound, column: 2, role: .faint)
      return
    }
    for (index, line) in layout.lanes.enumerated() {
      let position = list.top + index
      guard position < model.rowCount else { break }
      guard let row = model.row(at: position) else { continue }
      for column in columns { LaneCellView.draw(row, column, model: model, at: line, into: &frame) }
      if row.isPinned { frame.put("!", row: line, column: 1, role: .pinned) }
      guard position == list.selection else { continue }
      frame.put(model.glyphs.selection, row: line, column: 0, role: .selected)
      if let first = columns.first {
        frame.restyle(row: line, from: first.start, to: first.start + first.width, role: .selected)
      }
    }
  }

  /// A bar and a trend are sorted by the figure that they show: the mark is beside the figure, where it has a column.
  private static func titles(_ columns: [LaneColumn], sortedBy field: Field?) -> [TableHeader.Title] {
    let sorted = columns.filter { $0.field == field }
    let marked = sorted.first { $0.kind != .progress && $0.kind != .trend } ?? sorted.first
    return columns.map {
      TableHeader.Title(
        text: $0.title, start: $0.start, width: $0.width, rightAligned: $0.rightAligned,
        field: $0 == marked ? $0.field : nil)
    }
  }

  private static func nothing(_ model: DashboardModel) -> String {
    if !model.streams.list.filter.isEmpty {
      return "nothing matches /\(model.streams.list.filterText) \(model.glyphs.dash) Esc clears it"
    }
    if let status = model.sourceStatus, model.snapshot.watch != nil { return status }
    if model.snapshot.watch != nil {
      guard model.abilities.contains(.streams) else {
        return "a function tells of no invocation alone: 2 to 6 show what it counts"
      }
      return "no stream was running when the target was asked; short ones are in its sums alone"
    }
    if model.streams.failedOnly { return model.streams.showsSingles ? "no stream has failed" : "no lane has failed" }
    if model.streams.showsSingles { return "no stream has begun yet" }
    return model.sourceStatus ?? "no lane has started yet"
  }
}
