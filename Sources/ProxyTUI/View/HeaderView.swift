internal import LoadGen
internal import ToolSupport

/// Two rows: what is loaded and for how long; with how much, and in which phase.
enum HeaderView {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    let columns = frame.size.columns
    let clock = clock(model)
    let phase = word(model)
    var column = frame.put("gztop", row: row, column: 0, role: .heading)
    column = frame.put("  ", row: row, column: column, role: .text)
    frame.put(
      model.label.target, row: row, column: column, width: columns - column - clock.utf8.count - 2, role: .value)
    frame.putRight(clock, row: row, column: columns - clock.utf8.count, width: clock.utf8.count, role: .value)
    frame.put(load(model), row: row + 1, column: 7, width: columns - 7 - phase.text.utf8.count - 2, role: .label)
    frame.putRight(
      phase.text, row: row + 1, column: columns - phase.text.utf8.count, width: phase.text.utf8.count, role: phase.role)
  }

  /// `8 lanes, 100 arrivals/s, until quit, validate compare`; of what is only shown, what its label says.
  private static func load(_ model: DashboardModel) -> String {
    var parts: [String] = []
    if model.abilities.contains(.streams), model.snapshot.watch == nil {
      parts.append(model.concurrency == 1 ? "1 lane" : "\(HumanText.grouped(model.concurrency)) lanes")
    }
    if let rate = model.rate { parts.append("\(FieldText.number(rate)) arrivals/s") }
    if !model.label.load.isEmpty { parts.append(model.label.load) }
    if model.abilities.contains(.load), let validation = model.validation {
      parts.append("validate \(validation.rawValue)")
    }
    return parts.joined(separator: ", ")
  }

  /// `0:00:12`; of a record `0:00:12 of 0:01:10`.
  private static func clock(_ model: DashboardModel) -> String {
    guard let playback = model.playback else { return FieldText.clock(model.snapshot.elapsedSeconds) }
    return FieldText.clock(Double(playback.position) / 1e6) + " of " + FieldText.clock(Double(playback.duration) / 1e6)
  }

  /// `REPLAY x4`.
  private static func word(_ playback: PlaybackState) -> (text: String, role: Role) {
    let isOver = playback.position >= playback.duration
    let word = playback.isPlaying ? "REPLAY" : isOver ? "END" : "PAUSED"
    let speed = playback.speed == 0.125 ? "1/8" : FieldText.number(playback.speed)
    return (playback.speed == 1 ? word : word + " x" + speed, playback.isPlaying ? .good : isOver ? .heading : .waiting)
  }

  private static func word(_ model: DashboardModel) -> (text: String, role: Role) {
    if model.playback == nil, model.snapshot.phase.isEnding {
      return model.snapshot.phase == .finished ? ("FINISHED", .heading) : ("DRAINING", .waiting)
    }
    if model.quit != .no { return ("DRAINING", .waiting) }
    // A record whose run was paused is played all the same.
    if let playback = model.playback { return word(playback) }
    if model.paused { return ("PAUSED", .waiting) }
    if model.isLost { return ("NO EVENTS", .bad) }
    if let watch = model.snapshot.watch { return watch.isAnswering ? ("WATCHING", .good) : ("NO STATS", .bad) }
    switch model.snapshot.phase {
    case .waiting: return ("WAITING", .waiting)
    case .warmingUp: return ("WARM-UP", .waiting)
    default: return ("RUNNING", .good)
    }
  }
}
