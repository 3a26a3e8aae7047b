internal import LoadGen
internal import ToolSupport

/// Wire bytes a second over the last minute or so, newest at the right. The scale is a power of two, so that it stays
/// put while the load does.
enum GraphView {
  private static let axisWidth = 10

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard rows.count >= 2, frame.size.columns > axisWidth else { return }
    var plot = PlotView(
      rows: rows.lowerBound + 1..<rows.upperBound, columns: axisWidth..<frame.size.columns, scale: 0,
      glyphs: model.glyphs)
    guard model.snapshot.watch?.tellsBytes != false else {
      drawTitle(model, row: rows.lowerBound, seconds: plot.points, into: &frame)
      let text = "n/a \(model.glyphs.dash) the target counts no bytes"
      frame.put(text, row: rows.lowerBound + 1, column: axisWidth, role: .faint)
      return
    }
    let scale = scale(model.history, points: plot.points)
    plot.scale = Double(scale)
    drawTitle(model, row: rows.lowerBound, seconds: plot.points, into: &frame)
    frame.putRight(
      HumanText.exactSize(scale) + "/s", row: plot.rows.lowerBound, column: 0, width: axisWidth - 1, role: .label)
    frame.putRight("0", row: plot.rows.upperBound - 1, column: 0, width: axisWidth - 1, role: .label)
    plot.draw(into: &frame) { model.history.wireRate(back: $0) }
  }

  private static func drawTitle(_ model: DashboardModel, row: Int, seconds points: Int, into frame: inout Frame) {
    frame.fill(row: row, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    let seconds = Int((Double(points) * History.secondsPerPoint).rounded(.down))
    frame.put(" wire bytes/s, last \(seconds) s ", row: row, column: axisWidth, role: .label)
  }

  /// The power of two, at least 1 KiB, that holds every visible point.
  static func scale(_ history: History, points: Int) -> Int64 {
    var highest: Double = 0
    for back in 0..<max(0, points) { highest = max(highest, history.wireRate(back: back)) }
    return PlotScale.bytes(highest)
  }
}
