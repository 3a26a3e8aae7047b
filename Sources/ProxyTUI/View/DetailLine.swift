internal import LoadGen

/// The selected lane, and what is to be said: a notice, or what the run waits for.
///
/// With two rows the message has the beginning of the second, or both when it is longer, and a lane whose text is longer than the first goes on
/// after it, for which the message becomes short if it must. With one row a notice, which passes, has all of it; what the
/// run waits for stands short at its end.
enum DetailLine {
  struct Message: Equatable {
    var text: String
    /// For where the lane needs the room; nil is worth the whole row.
    var short: String?
    var role: Role = .waiting
  }

  private static let gap = 2

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    let width = frame.size.columns - 2
    let message = message(model)
    guard rows.count > 1 else { return drawInOne(model, message, row: rows.lowerBound, width: width, into: &frame) }
    if let message, message.short == nil, CellText.width(message.text, limit: width + 1) > width {
      return drawLong(message, rows: rows, width: width, into: &frame)
    }
    let parts = laneParts(model)
    let fitting = fitting(parts, model.glyphs, width: width)
    let lane = parts.prefix(fitting).joined(separator: model.glyphs.separator)
    let rest = parts.dropFirst(fitting).joined(separator: model.glyphs.separator)
    frame.put(lane, row: rows.lowerBound, column: 1, width: width, role: .label)
    let row = rows.lowerBound + 1
    var column = 1
    if let message {
      let room = width - (rest.isEmpty ? 0 : rest.unicodeScalars.count + gap)
      let text = message.text.unicodeScalars.count > room ? message.short ?? message.text : message.text
      column = frame.put(text, row: row, column: column, width: width, role: message.role) + gap
    }
    // Behind a message a beginning of what names the stream says nothing: what does not fit whole is left out.
    let room = width + 1 - column
    let fits = column == 1 ? rest : whole(parts.dropFirst(fitting), model.glyphs, width: room)
    frame.put(fits, row: row, column: column, width: room, role: .label)
  }

  /// What says why something is not possible, and how it is, must not end before the way out: it has both rows.
  private static func drawLong(_ message: Message, rows: Range<Int>, width: Int, into frame: inout Frame) {
    for (row, line) in zip(rows, CellText.wrap(message.text, width: width, limit: rows.count)) {
      frame.put(line, row: row, column: 1, width: width, role: message.role)
    }
  }

  private static func whole(_ parts: ArraySlice<String>, _ glyphs: GlyphSet, width: Int) -> String {
    var text = ""
    for part in parts {
      let next = text.isEmpty ? part : text + glyphs.separator + part
      if next.unicodeScalars.count <= width { text = next }
    }
    return text
  }

  private static func drawInOne(
    _ model: DashboardModel, _ message: Message?, row: Int, width: Int, into frame: inout Frame
  ) {
    guard let message else { return putLane(model, row: row, width: width, into: &frame) }
    guard let short = message.short else {
      frame.put(message.text, row: row, column: 1, width: width, role: message.role)
      return
    }
    let length = short.unicodeScalars.count
    frame.putRight(short, row: row, column: 1, width: width, role: message.role)
    putLane(model, row: row, width: width - length - gap, into: &frame)
  }

  private static func putLane(_ model: DashboardModel, row: Int, width: Int, into frame: inout Frame) {
    let text = laneParts(model).joined(separator: model.glyphs.separator)
    frame.put(text, row: row, column: 1, width: width, role: .label)
  }

  /// What is to be said, the most pressing first; nil while everything runs as it should.
  static func message(_ model: DashboardModel) -> Message? {
    if let status = model.sourceStatus, model.snapshot.watch?.isAnswering == false { return Message(text: status) }
    if let notice = model.notice, notice.until == nil { return Message(text: lasting(notice.text, model)) }
    if let warning = model.warning { return Message(text: warning) }
    if let notice = model.notice { return Message(text: notice.text) }
    let dash = " \(model.glyphs.dash) "
    if model.playback != nil { return model.sourceStatus.map { Message(text: $0, role: .heading) } }
    if model.snapshot.phase == .finished {
      return Message(text: "finished" + dash + "q quits", short: "q quits", role: .heading)
    }
    if model.quit != .no { return cutting(model, dash) }
    if model.snapshot.phase == .draining, model.abilities.contains(.load) {
      let limit = Int(DashboardModel.drainSeconds)
      return Message(
        text: "draining: " + stillRunning(model) + dash + "q cuts them after \(limit) s",
        short: "q cuts after \(limit) s")
    }
    if let status = model.sourceStatus { return Message(text: status) }
    guard model.paused else { return LoadLine.message(model) }
    return Message(text: "paused: no new streams" + dash + "p goes on", short: "p goes on")
  }

  /// What a new user was told of a healthy lab is no longer so where most streams fail.
  private static func lasting(_ text: String, _ model: DashboardModel) -> String {
    let counters = model.shown.counters
    let isHealthyLab = model.label.lab == .proxy || model.label.lab == .lambda
    guard text == model.label.note, isHealthyLab, counters.failed > counters.ok else { return text }
    return "most streams fail: 4 says why and what to do, Enter opens one"
  }

  /// After the first q.
  private static func cutting(_ model: DashboardModel, _ dash: String) -> Message {
    guard let limit = model.drainUntil else {
      return Message(text: stillRunning(model) + dash + "being cut", short: "being cut")
    }
    let left = Int(min(max(0, limit - model.now), DashboardModel.drainSeconds).rounded(.up))
    let how = "cut in \(left) s, q cuts now"
    return Message(text: stillRunning(model) + dash + how, short: how)
  }

  private static func stillRunning(_ model: DashboardModel) -> String {
    FieldText.streams(model.snapshot.active) + (model.snapshot.active == 1 ? " still runs" : " still run")
  }

  /// How many parts fit into a row whole; one at least.
  private static func fitting(_ parts: [String], _ glyphs: GlyphSet, width: Int) -> Int {
    var column = 0
    for (index, part) in parts.enumerated() {
      column += part.unicodeScalars.count + (index > 0 ? glyphs.separator.unicodeScalars.count : 0)
      if column > width { return max(1, index) }
    }
    return parts.count
  }

  /// The selected row, what was found out of its stream before what only names it.
  private static func laneParts(_ model: DashboardModel) -> [String] {
    guard model.tab == .streams, model.focus == nil, let row = model.row(at: model.streams.list.selection) else {
      return []
    }
    let lane = row.lane
    let state = row.state.word
    guard !lane.isWatched else {
      return ["row \(lane.lane)", state] + (lane.requestID.map { ["request \($0)"] } ?? [])
    }
    var parts = model.streams.showsSingles ? ["stream \(lane.stream)", state] : ["lane \(lane.lane)", state]
    if let verdict = lane.verdict, verdict.rawValue != state { parts.append(verdict.rawValue) }
    if let transport = lane.transport { parts.append(transport.rawValue) }
    if model.streams.showsSingles {
      parts.append("lane \(lane.lane)")
    } else {
      if lane.stream > 0 { parts.append("stream \(lane.stream)") }
      if lane.failed > 0 { parts.append("\(lane.failed) failed") }
    }
    if let id = lane.requestID { parts.append("request \(id)") }
    if let instance = lane.instance { parts.append("instance \(instance)") }
    return parts
  }
}
