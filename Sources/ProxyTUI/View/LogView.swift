/// What has happened, the latest first.
enum LogView {
  static func draw(_ model: DashboardModel, layout: Layout, into frame: inout Frame) {
    guard let area = layout.table(of: .log) else { return }
    let rows = model.rows.log
    table.draw(rows, model.list, area: area, glyphs: model.glyphs, into: &frame)
    guard rows.isEmpty else { return }
    let text = model.list.filterText.isEmpty ? "nothing has happened yet" : "nothing matches /\(model.list.filterText)"
    frame.put(text, row: area.lowerBound, column: 2, role: .faint)
  }

  static var table: ListTable<EventLog.Entry> {
    ListTable(columns: [
      .init(title: "TIME", field: .time, width: 9, rightAligned: true) { (time($0.time), .label) },
      .init(title: "KIND", field: .kind, width: 11) { ($0.kind.rawValue, $0.isBad ? .bad : .label) },
      .init(title: "EVENT", field: .text, width: 0) { ($0.text, $0.isBad ? .bad : .value) },
    ])
  }

  /// `0:01:02.3`.
  private static func time(_ seconds: Double) -> String {
    let tenths = Int(min(max(0, seconds.isFinite ? seconds : 0), 1e8) * 10) % 10
    return FieldText.clock(seconds) + ".\(tenths)"
  }
}
