internal import LoadGen
internal import ToolSupport

/// The figures beside the graphs. The same lines in the same order on every screen, whatever is counted.
enum OverviewFigures {
  static func draw(_ model: DashboardModel, _ place: OverviewLayout.Figures, into frame: inout Frame) {
    let width = frame.size.columns
    switch place {
    case .none: return
    case .strip(let row): OverviewStrip.draw(model, row: row, into: &frame)
    case .below(let rows):
      let half = width / 2
      drawPanel("streams", streams(model), model, rows: rows, columns: 0..<half, into: &frame)
      drawPanel("answers", answers(model), model, rows: rows, columns: half..<width, into: &frame)
    case .beside(let rows, let column):
      let split = rows.lowerBound + OverviewLayout.panelRows + 1
      let columns = column..<width
      drawPanel("streams", streams(model), model, rows: rows.lowerBound..<split, columns: columns, into: &frame)
      drawPanel("answers", answers(model), model, rows: split..<rows.upperBound, columns: columns, into: &frame)
    }
  }

  private static func drawPanel(
    _ title: String, _ lines: [FigureLine], _ model: DashboardModel, rows: Range<Int>, columns: Range<Int>,
    into frame: inout Frame
  ) {
    frame.fill(
      row: rows.lowerBound, from: columns.lowerBound, to: columns.upperBound, model.glyphs.rule, role: .faint)
    frame.put(" \(title) ", row: rows.lowerBound, column: columns.lowerBound + 1, role: .heading)
    for (row, line) in zip(rows.dropFirst(), lines) {
      line.draw(row: row, column: columns.lowerBound + 2, width: columns.count - 4, glyphs: model.glyphs, into: &frame)
    }
  }

  // MARK: - Lines

  static func streams(_ model: DashboardModel) -> [FigureLine] {
    let shown = model.shown
    let counters = shown.counters
    let queued = shown.queued
    let lines = [
      FigureLine(
        name: "active", value: active(model),
        share: model.hasLimit ? ratio(shown.active, of: model.concurrency) : nil),
      FigureLine(
        name: "queued", value: FieldText.count(queued, width: 11), role: queued > 0 ? .waiting : .value),
      FigureLine(name: "streams/s", value: perSecond(model.readout.streams)),
      part("ok", counters.ok, of: counters.streams, bar: .good),
      part("failed", counters.failed, of: counters.streams, alarm: .bad),
      part("cut by us", counters.cutByDeadline, of: counters.streams),
      FigureLine(name: "began late", value: FieldText.count(counters.late, width: 11)),
      FigureLine(name: "dropped", value: FieldText.count(counters.dropped, width: 11)),
      busy(shown),
    ]
    return known(lines, ["active", "streams/s", "failed"], model)
  }

  static func answers(_ model: DashboardModel) -> [FigureLine] {
    let counters = model.shown.counters
    let classes = StatusClasses(counters.status)
    let total = counters.streams
    let protocols = ["http/1.0", "http/1.1", "h2"].map { ($0, counters.protocols[$0, default: 0]) }
    let lines = [
      part("2xx", classes.success, of: total, bar: .good),
      part("3xx", classes.redirection, of: total),
      part("4xx", classes.clientError, of: total, alarm: .waiting),
      part("5xx", classes.serverError, of: total, alarm: .bad),
      part("other", classes.other, of: total),
      part("no answer", classes.none, of: total, alarm: .bad),
    ]
    return known(lines + protocols.map { part($0.0, $0.1, of: total) }, [], model)
  }

  /// Of a watched target's figures those that it does not tell are dashes.
  private static func known(_ lines: [FigureLine], _ told: Set<String>, _ model: DashboardModel) -> [FigureLine] {
    guard model.shown.watch != nil else { return lines }
    return lines.map { told.contains($0.name) ? $0 : FigureLine(name: $0.name, value: "-", role: .faint) }
  }

  private static func part(
    _ name: String, _ count: Int, of total: Int, bar: Role = .bar, alarm: Role? = nil
  ) -> FigureLine {
    let role = count > 0 ? alarm : nil
    return FigureLine(
      name: name, value: FieldText.count(count, width: FigureLine.valueWidth), share: ratio(count, of: total),
      percent: share(count, of: total), role: role ?? .value, barRole: role ?? bar)
  }

  /// What it does now; of a run that is over, what it did.
  static func busy(_ shown: Snapshot) -> FigureLine {
    let share = shown.phase == .finished ? shown.client.busyFraction : shown.client.busyNow
    let known = share.isFinite ? min(max(share, 0), 1) : 0
    let percent = Int((known * 100).rounded())
    let role: Role = percent >= 90 ? .waiting : .value
    return FigureLine(
      name: "tester busy", value: "\(percent)%", share: known, role: role, barRole: percent >= 90 ? .waiting : .bar)
  }

  /// Running of wanted, at most eleven characters.
  static func active(_ model: DashboardModel) -> String {
    guard model.isTold else { return "-" }
    return FieldText.count(model.shown.active, width: 5)
      + (model.hasLimit ? "/" + FieldText.count(model.concurrency, width: 5) : "")
  }

  static func perSecond(_ streams: Double) -> String {
    guard streams.isFinite else { return "0.0" }
    return streams < 99_999.95 ? HumanText.fixed(streams, 1) : FieldText.count(Int(min(streams, 9e15)), width: 9)
  }

  static func ratio(_ count: Int, of total: Int) -> Double {
    total > 0 ? min(max(Double(count) / Double(total), 0), 1) : 0
  }

  /// At most six characters. Only all is `100%`, and only nothing `0%`: a failure in a million is not none.
  static func share(_ count: Int, of total: Int) -> String {
    guard total > 0 else { return "-" }
    if count <= 0 { return "0%" }
    if count >= total { return "100%" }
    let percent = ratio(count, of: total) * 100
    if percent < 0.1 { return "<0.1%" }
    if percent > 99.9 { return ">99.9%" }
    return HumanText.fixed(percent, 1) + "%"
  }
}
