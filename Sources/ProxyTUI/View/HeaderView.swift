internal import LoadGen
internal import ToolSupport

/// Two rows: what is loaded and for how long; with how much, and in which phase.
enum HeaderView {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    let columns = frame.size.columns
    let clock = FieldText.clock(model.snapshot.elapsedSeconds)
    let phase = word(model)
    var column = frame.put("gztop", row: row, column: 0, role: .heading)
    column = frame.put("  ", row: row, column: column, role: .text)
    frame.put(
      model.label.target, row: row, column: column, width: columns - column - clock.utf8.count - 2, role: .value)
    frame.putRight(clock, row: row, column: columns - clock.utf8.count, width: clock.utf8.count, role: .value)
    let lanes = model.concurrency == 1 ? "1 lane" : "\(HumanText.grouped(model.concurrency)) lanes"
    let load = model.label.load.isEmpty ? lanes : lanes + ", " + model.label.load
    frame.put(load, row: row + 1, column: 7, width: columns - 7 - phase.text.utf8.count - 2, role: .label)
    frame.putRight(
      phase.text, row: row + 1, column: columns - phase.text.utf8.count, width: phase.text.utf8.count, role: phase.role)
  }

  private static func word(_ model: DashboardModel) -> (text: String, role: Role) {
    if model.snapshot.phase.isEnding {
      return model.snapshot.phase == .finished ? ("FINISHED", .heading) : ("DRAINING", .waiting)
    }
    if model.quit != .no { return ("DRAINING", .waiting) }
    if model.paused { return ("PAUSED", .waiting) }
    switch model.snapshot.phase {
    case .waiting: return ("WAITING", .waiting)
    case .warmingUp: return ("WARM-UP", .waiting)
    default: return ("RUNNING", .good)
    }
  }
}
