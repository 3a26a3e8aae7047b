internal import LoadGen

/// One row for what matters most now: a notice, what the run waits for, or the selected lane.
enum DetailLine {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    let (text, role) = content(model)
    frame.put(text, row: row, column: 1, width: frame.size.columns - 2, role: role)
  }

  static func content(_ model: DashboardModel) -> (text: String, role: Role) {
    let dash = " \(model.glyphs.dash) "
    if let notice = model.notice { return (notice.text, .waiting) }
    if model.snapshot.phase == .finished { return ("finished" + dash + "q quits", .heading) }
    if model.quit != .no || model.snapshot.phase == .draining {
      let running = model.snapshot.active == 1 ? "1 stream still runs" : "\(model.snapshot.active) streams still run"
      let how = model.quit == .no ? "q leaves when they have ended" : "q again cuts them off"
      return ("draining: \(running)" + dash + how, .waiting)
    }
    if model.paused { return ("paused: no new streams" + dash + "p goes on", .waiting) }
    return (selected(model), .label)
  }

  private static func selected(_ model: DashboardModel) -> String {
    guard let lane = model.lanes(rows: model.selection..<model.selection + 1).first else { return "" }
    var parts = ["lane \(lane.lane)", LaneState(lane).word]
    if lane.stream > 0 { parts.append("stream \(lane.stream)") }
    if let verdict = lane.verdict { parts.append(verdict.rawValue) }
    if let transport = lane.transport { parts.append(transport.rawValue) }
    if lane.failed > 0 { parts.append("\(lane.failed) failed") }
    if let instance = lane.instance { parts.append("instance \(instance)") }
    if let id = lane.requestID { parts.append("request \(id)") }
    return parts.joined(separator: model.glyphs.separator)
  }
}
