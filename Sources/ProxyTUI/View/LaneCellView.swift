internal import LoadGen

/// One field of one row of the stream table.
enum LaneCellView {
  static func draw(
    _ row: StreamRow, _ column: LaneColumn, model: DashboardModel, at line: Int, into frame: inout Frame
  ) {
    // Figures are those of the last half second, so that they can be read; bars and states are of now.
    let (lane, figures) = (row.lane, model.readable(row))
    switch column.kind {
    case .progress: drawProgress(lane, column, model: model, row: line, into: &frame)
    case .state: drawState(row.state, column, row: line, into: &frame)
    case .trend: drawTrend(row, column, model: model, row: line, into: &frame)
    case .status:
      right(
        lane.status == 0 ? "-" : String(lane.status), column, line, statusRole(lane.status, model), &frame)
    case .lane: right(String(lane.lane), column, line, .label, &frame)
    case .stream: right(FieldText.count(lane.stream, width: column.width), column, line, .label, &frame)
    case .proto: drawProtocol(lane, column, row: line, into: &frame)
    case .bytes: right(FieldText.size(figures.bytes), column, line, .value, &frame)
    case .decoded:
      right(figures.bytesDecoded > 0 ? FieldText.size(figures.bytesDecoded) : "-", column, line, .value, &frame)
    case .rate: right(rate(row), column, line, .value, &frame)
    case .ttfb: right(FieldText.time(lane.ttfbSeconds), column, line, .value, &frame)
    case .gap: right(FieldText.time(figures.longestGapSeconds), column, line, .value, &frame)
    case .age: right(FieldText.time(figures.elapsedSeconds), column, line, .value, &frame)
    case .memory: right(memory(lane, model.snapshot.memory), column, line, .value, &frame)
    case .streams: right(FieldText.count(lane.streams, width: column.width), column, line, .value, &frame)
    case .failed:
      right(FieldText.count(lane.failed, width: column.width), column, line, lane.failed > 0 ? .bad : .faint, &frame)
    case .badGateways:
      right(
        FieldText.count(lane.badGateways, width: column.width), column, line, lane.badGateways > 0 ? .bad : .faint,
        &frame)
    case .instance: left(lane.instance ?? "-", column, line, .faint, &frame)
    case .requestID: left(lane.requestID ?? "-", column, line, .faint, &frame)
    case .url: left(row.url, column, line, .faint, &frame)
    case .verdict: left((lane.verdict ?? lane.lastVerdict)?.rawValue ?? "-", column, line, .faint, &frame)
    case .cause: drawCause(row, column, row: line, into: &frame)
    }
  }

  /// Why it failed, until somebody has seen that and the lane's last body was whole again.
  private static func drawCause(_ row: StreamRow, _ column: LaneColumn, row line: Int, into frame: inout Frame) {
    let lane = row.lane
    if let cause = lane.lastCause, row.isPinned || row.isSingle || lane.lastVerdict != .valid {
      left(shortened(cause, to: column.width), column, line, .bad, &frame)
    } else if let verdict = lane.lastVerdict {
      left(verdict.rawValue, column, line, .faint, &frame)
    }
  }

  /// `502 length_and_chunked` without its status where there is no room for both: the cause is what explains.
  static func shortened(_ cause: String, to width: Int) -> String {
    guard cause.utf8.count > width, let blank = cause.firstIndex(of: " ") else { return cause }
    return cause[..<blank].allSatisfy(\.isNumber) ? String(cause[cause.index(after: blank)...]) : cause
  }

  private static func right(_ text: String, _ column: LaneColumn, _ row: Int, _ role: Role, _ frame: inout Frame) {
    frame.putRight(text, row: row, column: column.start, width: column.width, role: role)
  }

  private static func left(_ text: String, _ column: LaneColumn, _ row: Int, _ role: Role, _ frame: inout Frame) {
    frame.put(text, row: row, column: column.start, width: column.width, role: role)
  }

  /// A status that was asked for is no alarm, whatever it is.
  static func statusRole(_ status: Int, _ model: DashboardModel) -> Role {
    status == 0 || model.label.acceptedStatuses.contains { $0.contains(status) } ? .value : .bad
  }

  private static func drawState(_ state: LaneState, _ column: LaneColumn, row: Int, into frame: inout Frame) {
    if column.width == 1 {
      frame.put(state.letter, row: row, column: column.start, role: state.role)
    } else {
      frame.put(state.word, row: row, column: column.start, width: column.width, role: state.role)
    }
  }

  /// `http/1.1` where there is room, else `1.1`.
  private static func drawProtocol(_ lane: LaneSnapshot, _ column: LaneColumn, row: Int, into frame: inout Frame) {
    let name = lane.protocolName
    guard !name.isEmpty else { return right("-", column, row, .faint, &frame) }
    let isShort = column.width < 8 && name.hasPrefix("http/")
    let text = isShort ? String(name.dropFirst(5)) : name
    if isShort { right(text, column, row, .faint, &frame) } else { left(text, column, row, .faint, &frame) }
  }

  private static func rate(_ row: StreamRow) -> String { row.rate > 0 ? FieldText.rate(row.rate) : "-" }

  /// What the proxy holds for this very stream; else the whole instance's memory, marked; else nothing.
  static func memory(_ lane: LaneSnapshot, _ memory: TargetMemory) -> String {
    if let id = lane.requestID, let bytes = memory.bufferedByRequest[id] { return FieldText.size(bytes) }
    if let name = lane.instance, let instance = memory.instances[name] {
      return FieldText.size(instance.rssBytes) + "*"
    }
    return "-"
  }

  /// The lane's rate over the last four seconds, against its own highest.
  private static func drawTrend(
    _ row: StreamRow, _ column: LaneColumn, model: DashboardModel, row line: Int, into frame: inout Frame
  ) {
    guard case .lane = row.key else { return }
    let trail = model.trails.trail(lane: row.lane.lane)
    let highest = trail.max()
    guard highest > 0 else { return }
    let count = min(column.width, LaneTrails.length)
    for place in 0..<count {
      let share = Double(trail[LaneTrails.length - count + place] / highest)
      guard let glyph = model.glyphs.level(share) else { continue }
      frame.put(glyph, row: line, column: column.start + place, role: .graph)
    }
  }

  private static func drawProgress(
    _ lane: LaneSnapshot, _ column: LaneColumn, model: DashboardModel, row: Int, into frame: inout Frame
  ) {
    guard lane.state == .streaming || lane.state == .ended else { return }
    let role: Role = lane.result == .failed ? .bad : .bar
    guard let expected = lane.expectedBytes, expected > 0 else {
      guard lane.state == .streaming else { return }
      return drawMark(column, width: column.width, seconds: lane.elapsedSeconds, model: model, row: row, into: &frame)
    }
    let share = min(max(Double(lane.bytes) / Double(expected), 0), 1)
    var width = column.width
    if width >= 12 {
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
