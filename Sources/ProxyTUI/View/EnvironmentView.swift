internal import LoadGen
internal import ToolSupport

/// A row for each environment of a Lambda function: its state, its memory against the limit, its invocations of those it takes.
/// Where there are more than rows, the last one has what the others come to.
enum EnvironmentView {
  /// Where the parts of a row stand; nil is left out.
  private struct Columns {
    var state = 8
    var memory = 17
    var memoryWidth: Int
    var bar: Range<Int>?
    var peak: Int
    var peakWidth: Int
    var active: Int
    var activeWidth: Int
    var restarts: Int?
    /// Sizes with their units' whole names.
    var isWide = false

    private static func wide(barWidth: Int) -> Columns {
      let bar = 44..<44 + barWidth
      return Columns(
        memoryWidth: 25, bar: bar, peak: bar.upperBound + 2, peakWidth: 14, active: bar.upperBound + 20,
        activeWidth: 18,
        restarts: bar.upperBound + 42, isWide: true)
    }

    static func fit(_ columns: Int) -> Columns {
      switch columns {
      case ..<80: Columns(memoryWidth: 19, peak: 37, peakWidth: 0, active: 38, activeWidth: 16, restarts: nil)
      case ..<120: Columns(memoryWidth: 19, peak: 38, peakWidth: 10, active: 50, activeWidth: 16, restarts: 68)
      default:
        wide(barWidth: min(40, columns - 102))
      }
    }
  }

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard !rows.isEmpty else { return }
    let columns = Columns.fit(frame.size.columns)
    let (shown, others) = EnvironmentRow.shown(model.environments, room: rows.count)
    for (index, environment) in shown.enumerated() {
      draw(environment, columns, model.glyphs, row: rows.lowerBound + index, into: &frame)
    }
    if !others.isEmpty { drawOthers(others, columns, row: rows.upperBound - 1, into: &frame) }
  }

  private static func draw(
    _ environment: EnvironmentRow, _ columns: Columns, _ glyphs: GlyphSet, row: Int, into frame: inout Frame
  ) {
    frame.put(environment.id, row: row, column: 0, width: columns.state - 1, role: .label)
    frame.put(environment.state.rawValue, row: row, column: columns.state, width: 8, role: role(environment.state))
    drawMemory(environment, columns, glyphs, row: row, into: &frame)
    if columns.peakWidth > 0 {
      field(
        "peak", size(environment.rssPeakBytes, columns), row: row, column: columns.peak, width: columns.peakWidth,
        into: &frame)
    }
    let active = "\(count(environment.active))/\(count(environment.maximum))"
    field("active", active, row: row, column: columns.active, width: columns.activeWidth, into: &frame)
    guard let column = columns.restarts else { return }
    let restarts = environment.restarts
    field(
      "restarts", FieldText.count(restarts, width: columns.isWide ? 5 : 4), restarts > 0 ? .bad : .value, row: row,
      column: column, width: columns.isWide ? 16 : 12, into: &frame)
  }

  private static func drawMemory(
    _ environment: EnvironmentRow, _ columns: Columns, _ glyphs: GlyphSet, row: Int, into frame: inout Frame
  ) {
    guard environment.state != .ended else { return }
    let now = size(environment.rssBytes, columns)
    guard let percent = environment.percent, let limit = environment.limitBytes else {
      frame.put(now, row: row, column: columns.memory, width: columns.memoryWidth, role: .value)
      return
    }
    let role: Role = percent >= 90 ? .bad : percent >= 75 ? .waiting : .value
    let column = columns.memory
    frame.putRight(now, row: row, column: column, width: columns.isWide ? 8 : 5, role: role)
    frame.put(
      " of \(size(limit, columns))", row: row, column: column + (columns.isWide ? 8 : 5),
      width: columns.isWide ? 12 : 9,
      role: .label)
    frame.putRight("\(percent)%", row: row, column: column, width: columns.memoryWidth, role: role)
    guard let bar = columns.bar else { return }
    let share = min(Double(max(0, environment.rssBytes)) / Double(max(1, limit)), 1)
    Bar.draw(
      share, start: bar.lowerBound, width: bar.count, glyphs: glyphs, role: percent >= 75 ? role : .bar, row: row,
      into: &frame)
  }

  /// `+59 more`: how much memory they have together, and what they do.
  private static func drawOthers(
    _ others: [EnvironmentRow], _ columns: Columns, row: Int, into frame: inout Frame
  ) {
    frame.put("+\(HumanText.grouped(others.count)) more", row: row, column: 0, width: 15, role: .label)
    let together = others.reduce(Int64(0)) { $0.addingReportingOverflow(max(0, $1.rssBytes)).partialValue }
    frame.put(
      size(max(0, together), columns) + " together", row: row, column: columns.memory, width: columns.memoryWidth + 4,
      role: .value)
    let active = others.reduce((0, 0)) { ($0.0 &+ $1.active, $0.1 &+ $1.maximum) }
    field(
      "active", "\(count(active.0))/\(count(active.1))", row: row, column: columns.active, width: columns.activeWidth,
      into: &frame)
    guard let column = columns.restarts else { return }
    let restarts = others.reduce(0) { $0 &+ $1.restarts }
    field(
      "restarts", FieldText.count(restarts, width: columns.isWide ? 5 : 4), restarts > 0 ? .bad : .value, row: row,
      column: column, width: columns.isWide ? 16 : 12, into: &frame)
  }

  private static func field(
    _ name: String, _ value: String, _ role: Role = .value, row: Int, column: Int, width: Int, into frame: inout Frame
  ) {
    frame.put(name, row: row, column: column, width: width, role: .label)
    frame.putRight(value, row: row, column: column, width: width, role: role)
  }

  private static func size(_ bytes: Int64, _ columns: Columns) -> String {
    columns.isWide ? HumanText.size(max(0, bytes)) : FieldText.size(bytes)
  }

  private static func count(_ value: Int) -> String { FieldText.count(max(0, value), width: 4) }

  private static func role(_ state: FunctionEnvironment.State) -> Role {
    switch state {
    case .starting: .waiting
    case .ready: .good
    case .ended: .bad
    }
  }
}
