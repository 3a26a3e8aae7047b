internal import LoadGen
internal import ToolSupport

/// What serves the requests, a row each: proxies' processes and the environments of a Lambda function, with how many requests
/// share each one's memory.
enum InstancesView {
  static func draw(_ model: DashboardModel, layout: Layout, into frame: inout Frame) {
    guard let area = layout.table(of: .environments) else { return }
    let rows = model.rows.instances
    table(frame.size.columns, model.glyphs).draw(rows, model.list, area: area, glyphs: model.glyphs, into: &frame)
    guard rows.isEmpty else { return }
    for (line, text) in zip(area, nothing(model)) { frame.put(text, row: line, column: 2, role: .faint) }
  }

  private static func nothing(_ model: DashboardModel) -> [String] {
    if !model.list.filterText.isEmpty { return ["nothing matches /\(model.list.filterText)"] }
    guard model.snapshot.watch == nil else {
      return ["no environment runs: a function has none before its first request"]
    }
    let dash = " \(model.glyphs.dash) "
    return [
      "nobody has said yet what serves the requests",
      "gzproxy does with --telemetry; else --watch-url URL asks its stats" + dash + "gzlambda's too",
    ]
  }

  static func table(_ columns: Int, _ glyphs: GlyphSet) -> ListTable<InstanceRow> {
    let isWide = columns >= 120
    let size = { (bytes: Int64) in isWide ? HumanText.size(max(0, bytes)) : FieldText.size(bytes) }
    let width = isWide ? 10 : 6
    var all: [ListTable<InstanceRow>.Column] = [
      .init(title: "INSTANCE", field: .instance, width: 0) { ($0.id, .value) },
      .init(title: "STATE", field: .state, width: 8) { state($0) },
      .init(title: "ACTIVE", field: .active, width: 9, rightAligned: true) { (active($0), .value) },
      .init(title: "RSS", field: .rss, width: width, rightAligned: true) { (size($0.rssBytes), .value) },
      .init(title: "PEAK", field: .peak, width: width, rightAligned: true) { (size($0.rssPeakBytes), .value) },
      .init(title: "LIMIT", field: .limit, width: width, rightAligned: true) {
        ($0.limitBytes.map(size) ?? "-", .faint)
      },
      .init(title: "USED", field: nil, width: isWide ? 18 : 5, rightAligned: !isWide) { used($0, glyphs, isWide) },
      .init(title: "STREAMS", field: .streams, width: 7, rightAligned: true) {
        (FieldText.count($0.streams, width: 7), .value)
      },
      .init(title: "FAILED", field: .failed, width: 6, rightAligned: true) {
        (FieldText.count($0.failures, width: 6), $0.failures > 0 ? .bad : .faint)
      },
    ]
    guard columns >= 100 else { return ListTable(columns: all) }
    all.append(
      .init(title: "RESTARTS", field: .restarts, width: 8, rightAligned: true) {
        ($0.restarts.map { FieldText.count($0, width: 8) } ?? "-", ($0.restarts ?? 0) > 0 ? .bad : .faint)
      })
    all.append(
      .init(title: "PID", field: .pid, width: 8, rightAligned: true) { ($0.pid.map { String($0) } ?? "-", .faint) })
    return ListTable(columns: all)
  }

  /// Of what nobody hears of any more, since when: it may be gone.
  private static func state(_ row: InstanceRow) -> (String, Role) {
    if let quiet = row.quiet { return (age(quiet) + " ago", .waiting) }
    switch row.state {
    case "starting": return (row.state, .waiting)
    case "ended": return (row.state, .bad)
    default: return (row.state, .good)
    }
  }

  /// Four characters: whole seconds, minutes, hours.
  private static func age(_ seconds: Double) -> String {
    let whole = Int(min(max(0, seconds), 3_596_400))
    return whole < 100 ? "\(whole)s" : whole < 6000 ? "\(whole / 60)m" : "\(whole / 3600)h"
  }

  private static func active(_ row: InstanceRow) -> String {
    let active = FieldText.count(max(0, row.active), width: 4)
    return row.maximum.map { active + "/" + FieldText.count(max(0, $0), width: 4) } ?? active
  }

  /// Of the limit; `100%` is said only where nothing is left.
  private static func used(_ row: InstanceRow, _ glyphs: GlyphSet, _ isWide: Bool) -> (String, Role) {
    guard let limit = row.limitBytes, limit > 0 else { return ("-", .faint) }
    let share = Double(max(0, row.rssBytes)) / Double(limit)
    let percent = Int(min((share * 100).rounded(.up), 999))
    let role: Role = percent >= 90 ? .bad : percent >= 75 ? .waiting : .value
    guard isWide else { return ("\(percent)%", role) }
    let full = Int(min(max(share, 0), 1) * 12)
    let bar =
      String(repeating: String(glyphs.barFull), count: full)
      + String(repeating: String(glyphs.barRest), count: 12 - full)
    return (bar + " " + "\(percent)%", role)
  }
}
