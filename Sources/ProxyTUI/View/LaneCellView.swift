internal import LoadGen

/// One field of one lane.
enum LaneCellView {
  static func draw(
    _ lane: LaneSnapshot, _ column: LaneColumn, model: DashboardModel, row: Int, into frame: inout Frame
  ) {
    switch column.field {
    case .progress: drawProgress(lane, column, model: model, row: row, into: &frame)
    case .state: drawState(lane, column, row: row, into: &frame)
    case .status: right(lane.status == 0 ? "-" : String(lane.status), column, row, statusRole(lane.status), &frame)
    case .lane: right(String(lane.lane), column, row, .label, &frame)
    case .bytes: right(FieldText.size(lane.bytes), column, row, .value, &frame)
    case .rate: right(rate(lane, model), column, row, .value, &frame)
    case .ttfb: right(FieldText.time(lane.ttfbSeconds), column, row, .value, &frame)
    case .memory: right(memory(lane, model.snapshot.memory), column, row, .value, &frame)
    case .streams: right(FieldText.count(lane.streams, width: column.width), column, row, .value, &frame)
    case .badGateways: drawCount(lane.badGateways, column, row, &frame)
    case .invalid: drawCount(lane.invalid, column, row, &frame)
    case .stream: right(FieldText.count(lane.stream, width: column.width), column, row, .faint, &frame)
    case .requestID:
      frame.put(lane.requestID ?? "-", row: row, column: column.start, width: column.width, role: .faint)
    case .cause:
      if let cause = lane.lastCause {
        frame.put(shortened(cause, to: column.width), row: row, column: column.start, width: column.width, role: .bad)
      } else if let verdict = lane.lastVerdict {
        frame.put(verdict.rawValue, row: row, column: column.start, width: column.width, role: .faint)
      }
    }
  }

  /// `502 length_and_chunked` without its status where there is no room for both: the 502s have a column of their own,
  /// and the cause is what explains.
  static func shortened(_ cause: String, to width: Int) -> String {
    guard cause.utf8.count > width, let blank = cause.firstIndex(of: " ") else { return cause }
    return cause[..<blank].allSatisfy(\.isNumber) ? String(cause[cause.index(after: blank)...]) : cause
  }

  private static func right(_ text: String, _ column: LaneColumn, _ row: Int, _ role: Role, _ frame: inout Frame) {
    frame.putRight(text, row: row, column: column.start, width: column.width, role: role)
  }

  private static func drawCount(_ count: Int, _ column: LaneColumn, _ row: Int, _ frame: inout Frame) {
    // Three cells hold up to 999; past that only the size of the trouble matters.
    let text = column.width < 4 && count > 999 ? "1k+" : FieldText.count(count, width: column.width)
    right(text, column, row, count > 0 ? .bad : .faint, &frame)
  }

  private static func statusRole(_ status: Int) -> Role { status >= 400 ? .bad : .value }

  private static func drawState(_ lane: LaneSnapshot, _ column: LaneColumn, row: Int, into frame: inout Frame) {
    let state = LaneState(lane)
    if column.width == 1 {
      frame.put(state.letter, row: row, column: column.start, role: state.role)
    } else {
      frame.put(state.word, row: row, column: column.start, width: column.width, role: state.role)
    }
  }

  private static func rate(_ lane: LaneSnapshot, _ model: DashboardModel) -> String {
    lane.state == .streaming ? FieldText.rate(model.rate(of: lane)) : "-"
  }

  /// What the proxy holds for this very stream; else the whole instance's memory, marked; else nothing.
  static func memory(_ lane: LaneSnapshot, _ memory: TargetMemory) -> String {
    if let id = lane.requestID, let bytes = memory.bufferedByRequest[id] { return FieldText.size(bytes) }
    if let name = lane.instance, let instance = memory.instances[name] {
      return FieldText.size(instance.rssBytes) + "*"
    }
    return "-"
  }

  private static func drawProgress(
    _ lane: LaneSnapshot, _ column: LaneColumn, model: DashboardModel, row: Int, into frame: inout Frame
  ) {
    guard lane.state == .streaming || lane.state == .ended else { return }
    let role: Role = lane.state == .ended && LaneState.lastStreamFailed(lane) ? .bad : .bar
    guard let expected = lane.expectedBytes, expected > 0 else {
      guard lane.state == .streaming else { return }
      return drawMark(column, width: column.width, seconds: lane.elapsedSeconds, model: model, row: row, into: &frame)
    }
    let share = min(max(Double(lane.bytes) / Double(expected), 0), 1)
    var width = column.width
    if width >= 14 {
      width -= 5
      // Rounded down: 100 % is said of a whole body only.
      frame.putRight("\(Int(share * 100))%", row: row, column: column.start + width, width: 5, role: .value)
    }
    Bar.draw(share, start: column.start, width: width, glyphs: model.glyphs, role: role, row: row, into: &frame)
  }

  /// Of unknown length: a mark that goes to and fro, four cells a second.
  private static func drawMark(
    _ column: LaneColumn, width: Int, seconds: Double, model: DashboardModel, row: Int, into frame: inout Frame
  ) {
    frame.fill(row: row, from: column.start, to: column.start + width, model.glyphs.barRest, role: .barRest)
    let span = max(1, (width - 2) * 2)
    let step = Int(min(max(seconds.isFinite ? seconds : 0, 0), 1e9) * 4) % span
    let position = step <= width - 2 ? step : span - step
    for cell in 0..<2 { frame.put(model.glyphs.mark, row: row, column: column.start + position + cell, role: .bar) }
  }
}
