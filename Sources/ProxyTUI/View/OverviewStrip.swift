internal import LoadGen

/// The overview's figures in three rows of five: shares of the status classes, their counts, and what the totals above do
/// not say.
enum OverviewStrip {
  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    guard model.shown.watch == nil else {
      for (line, text) in untold.enumerated() {
        frame.put(text, row: row + line, column: 1, width: frame.size.columns - 2, role: .faint)
      }
      return
    }
    let counters = model.shown.counters
    let classes = StatusClasses(counters.status)
    let cells: [(name: String, count: Int, bar: Role, alarm: Role)] = [
      ("2xx", classes.success, .good, .value), ("3xx", classes.redirection, .bar, .value),
      ("4xx", classes.clientError, .bar, .waiting), ("5xx", classes.serverError, .bar, .bad),
      ("none", classes.none &+ classes.other, .bar, .bad),
    ]
    let more = [
      ("active", OverviewFigures.active(model)), ("queued", FieldText.count(model.shown.queued, width: 6)),
      ("http/1.1", FieldText.count(counters.protocols["http/1.1", default: 0], width: 5)),
      ("h2", FieldText.count(counters.protocols["h2", default: 0], width: 6)),
      ("busy", OverviewFigures.busy(model.shown).value),
    ]
    let step = frame.size.columns / cells.count
    for (index, cell) in cells.enumerated() {
      let place = index * step..<index * step + step - 2
      let role = cell.count > 0 ? cell.alarm : .value
      let share = OverviewFigures.ratio(cell.count, of: counters.streams)
      drawShare(
        cell.name, share, OverviewFigures.share(cell.count, of: counters.streams), role: role,
        bar: cell.count > 0 && cell.alarm != .value ? cell.alarm : cell.bar, place: place, row: row, model.glyphs,
        into: &frame)
      frame.putRight(
        FieldText.count(cell.count, width: 9), row: row + 1, column: place.lowerBound, width: place.count, role: role)
      frame.put(more[index].0, row: row + 2, column: place.lowerBound, width: place.count - 5, role: .label)
      frame.putRight(more[index].1, row: row + 2, column: place.lowerBound, width: place.count, role: .value)
    }
  }

  private static let untold = [
    "a target tells its sums, its memory and the kinds of its failures;",
    "statuses, protocols, verdicts and queues only a load of one's own measures",
  ]

  private static func drawShare(
    _ name: String, _ share: Double, _ percent: String, role: Role, bar: Role, place: Range<Int>, row: Int,
    _ glyphs: GlyphSet, into frame: inout Frame
  ) {
    frame.put(name, row: row, column: place.lowerBound, role: .label)
    frame.putRight(percent, row: row, column: place.upperBound - 6, width: 6, role: role)
    let start = place.lowerBound + 5
    guard place.upperBound - 7 > start else { return }
    Bar.draw(
      share, start: start, width: place.upperBound - 7 - start, glyphs: glyphs, role: bar, row: row, into: &frame)
  }
}
