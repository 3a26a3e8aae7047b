internal import LoadGen
internal import ToolSupport

/// One stream: when what happened, its heads, its arrivals, its gzip members, what went wrong and what to do. Its first row
/// says which one it is and stays; what is below scrolls.
enum StreamView {
  /// Kept at the end of the first row for what is above and below.
  private static let hintWidth = 18

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard !rows.isEmpty else { return }
    guard let detail = model.detail else { return drawWaiting(model, rows: rows, into: &frame) }
    let lines = lines(model, detail, rows: rows.count, columns: frame.size.columns)
    let height = rows.count - 1
    let top = min(max(0, model.detailTop), max(0, lines.count - height))
    let hint = hint(above: top, below: max(0, lines.count - top - height))
    drawTitle(detail, hint, glyphs: model.glyphs, row: rows.lowerBound, into: &frame)
    for (row, line) in zip(rows.dropFirst(), lines.dropFirst(top)) { line.draw(row: row, column: 1, into: &frame) }
  }

  /// What scrolls.
  static func lines(_ model: DashboardModel, _ detail: StreamDetail, rows: Int, columns: Int) -> [StreamLine] {
    StreamText.lines(
      detail, width: columns - 2, glyphs: model.glyphs, isRoomy: rows >= 20,
      showsURL: !fits(detail.record.url, titleRoom(detail, columns)),
      hasProofs: model.failures.kinds.contains { !$0.evidence.isEmpty })
  }

  static func hint(above: Int, below: Int) -> String {
    switch (above, below) {
    case (0, 0): ""
    case (0, _): "\(below) more below"
    case (_, 0): "\(above) more above"
    default: "\(above) above, \(below) below"
    }
  }

  private static func drawTitle(
    _ detail: StreamDetail, _ hint: String, glyphs: GlyphSet, row: Int, into frame: inout Frame
  ) {
    let columns = frame.size.columns
    let (word, role) = state(detail)
    var column = frame.put(name(detail), row: row, column: 1, role: .heading) + 2
    if detail.watched == nil {
      column = frame.put("lane \(detail.record.lane)", row: row, column: column, role: .label) + 2
    }
    column = frame.put(word, row: row, column: column, role: role) + 2
    frame.put(shortURL(detail, columns), row: row, column: column, width: titleRoom(detail, columns), role: .text)
    frame.putRight(hint, row: row, column: columns - 1 - hintWidth, width: hintWidth, role: .key)
  }

  private static func name(_ detail: StreamDetail) -> String {
    guard detail.watched != nil else { return "stream \(HumanText.grouped(detail.record.stream))" }
    return "request " + String((detail.record.requestID ?? "").unicodeScalars.prefix(36))
  }

  /// Cells for the URL.
  private static func titleRoom(_ detail: StreamDetail, _ columns: Int) -> Int {
    let before = name(detail).utf8.count + "lane \(detail.record.lane)".utf8.count + state(detail).word.utf8.count + 7
    return max(0, columns - 2 - hintWidth - before)
  }

  /// Without its scheme where there is no room for all of it: the path says more.
  private static func shortURL(_ detail: StreamDetail, _ columns: Int) -> String {
    let url = detail.record.url
    guard url.hasPrefix("http://"), !fits(url, titleRoom(detail, columns)) else { return url }
    return String(url.dropFirst("http://".count))
  }

  private static func fits(_ text: String, _ width: Int) -> Bool { CellText.width(text, limit: width + 1) <= width }

  /// What it does, or what came of it.
  static func state(_ detail: StreamDetail) -> (word: String, role: Role) {
    let record = detail.record
    if let watched = detail.watched {
      guard detail.isRunning else { return ("GONE", .label) }
      guard watched.isTold else { return ("NO STATS", .bad) }
      return record.bytesWire > 0 ? ("SENDING", .waiting) : ("NO BYTE SENT YET", .waiting)
    }
    guard !detail.isRunning else {
      if record.ttfh == nil { return ("WAITING", .waiting) }
      return record.ttfb == nil ? ("HEADERS", .waiting) : ("STREAMING", .waiting)
    }
    switch record.result {
    case .failed: return ("FAILED", .bad)
    case .cutByDeadline: return ("CUT BY US", .label)
    case .ok: return record.verdict == .valid ? ("VALID", .good) : ("OK, \(record.verdict.rawValue)", .good)
    }
  }

  private static func drawWaiting(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    let focus = model.focus
    let name =
      focus?.stream.map { "stream \(HumanText.grouped($0))" } ?? focus.map { "lane \($0.lane)" } ?? "the stream"
    let width = frame.size.columns - 2
    frame.put("waiting for what is known of \(name)", row: rows.lowerBound, column: 1, width: width, role: .waiting)
    let text =
      model.snapshot.watch == nil
      ? "If nothing comes, it is forgotten: running streams are known, the last ones that ended, and failures."
      : "If nothing comes, the target tells of it no more: it tells of running streams alone."
    for (row, line) in zip(rows.dropFirst(), CellText.wrap(text, width: width, limit: 3)) {
      frame.put(line, row: row, column: 1, width: width, role: .faint)
    }
  }
}
