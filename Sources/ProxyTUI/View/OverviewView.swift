internal import LoadGen
internal import ToolSupport

/// Throughput, memory and failures on one time axis, and the figures that go with them.
enum OverviewView {
  /// One of the graphs.
  private struct Graph {
    var name: String
    var shortName: String
    /// At most ten characters.
    var now: String
    /// What stands behind the figure of now.
    var note: String
    var scale: Double
    /// The scale in words.
    var edge: String
    var role: Role
    /// Why there is nothing to draw.
    var missing: String?
    var value: @Sendable (History.Point) -> Double?
  }

  static func draw(_ model: DashboardModel, rows: Range<Int>, into frame: inout Frame) {
    guard rows.count >= 4, frame.size.columns >= 40 else { return }
    let layout = OverviewLayout(rows: rows, columns: frame.size.columns)
    let columns = layout.gutter..<layout.columns
    let points = columns.count * PlotView.pointsPerColumn(model.glyphs)
    let graphs = graphs(model, points: points)
    // Where each has one row there is one left at times: the axis follows the last graph.
    for (graph, rows) in zip(graphs, layout.graphs) {
      draw(graph, model, rows: rows, columns: columns, hasTitle: layout.hasTitles, into: &frame)
    }
    let secondsPerColumn = History.secondsPerPoint * Double(PlotView.pointsPerColumn(model.glyphs))
    frame.fill(row: layout.axis, from: 0, to: columns.lowerBound, model.glyphs.rule, role: .faint)
    TimeAxis.draw(
      TimeAxis.marks(beforeNow: secondsPerColumn, columns: columns), columns: columns, row: layout.axis,
      glyphs: model.glyphs, into: &frame)
    OverviewFigures.draw(model, layout.figures, into: &frame)
  }

  private static func draw(
    _ graph: Graph, _ model: DashboardModel, rows: Range<Int>, columns: Range<Int>, hasTitle: Bool,
    into frame: inout Frame
  ) {
    guard !rows.isEmpty else { return }
    let plot = PlotView(
      rows: rows.lowerBound + (hasTitle ? 1 : 0)..<rows.upperBound, columns: columns, scale: graph.scale,
      glyphs: model.glyphs, role: graph.role, hasBaseline: true)
    if hasTitle {
      drawTitle(graph, model, row: rows.lowerBound, columns: columns.upperBound, into: &frame)
      let width = columns.lowerBound - 1
      if plot.rows.count > 1, graph.missing == nil {
        frame.putRight("0", row: plot.rows.upperBound - 1, column: 0, width: width, role: .label)
      }
      let edge = graph.missing == nil ? graph.edge : ""
      frame.putRight(edge, row: plot.rows.lowerBound, column: 0, width: width, role: .label)
    } else {
      frame.put(graph.shortName, row: rows.lowerBound, column: 0, width: 8, role: .label)
      frame.putRight(
        graph.now, row: rows.lowerBound, column: 8, width: 11, role: graph.missing == nil ? .value : .faint)
    }
    if let missing = graph.missing {
      let row = plot.rows.lowerBound + (plot.rows.count - 1) / 2
      frame.put(missing, row: row, column: columns.lowerBound, width: columns.count, role: .faint)
      return
    }
    plot.draw(into: &frame) { model.history.point(back: $0).flatMap(graph.value) }
  }

  /// The name, the figure of now and a note, each at its place whatever the figures are.
  private static func drawTitle(
    _ graph: Graph, _ model: DashboardModel, row: Int, columns: Int, into frame: inout Frame
  ) {
    frame.fill(row: row, from: 0, to: columns, model.glyphs.rule, role: .faint)
    frame.fill(row: row, from: 1, to: 34, " ", role: .text)
    frame.put(graph.name, row: row, column: 2, role: .heading)
    frame.putRight(graph.now, row: row, column: 18, width: 10, role: graph.missing == nil ? .value : .faint)
    frame.put("now", row: row, column: 29, role: .label)
    guard !graph.note.isEmpty else { return }
    frame.put(" \(graph.note) ", row: row, column: 36, width: columns - 37, role: .label)
  }

  // MARK: - The graphs

  private static func graphs(_ model: DashboardModel, points: Int) -> [Graph] {
    let peaks = Peaks(model.history, points: points)
    var graphs = [throughput(model, peaks), memory(model, peaks), failures(model, peaks), active(model, peaks)]
    // What it was when somebody last told is in the graph.
    if !model.isTold { for index in graphs.indices { graphs[index].now = "-" } }
    return graphs
  }

  /// The highest points that are shown.
  private struct Peaks {
    var wire = 0.0
    var memory: Int64?
    var failures = 0.0
    var active = 0

    init(_ history: History, points: Int) {
      for back in 0..<max(0, points) {
        guard let point = history.point(back: back) else { break }
        wire = max(wire, point.wire)
        failures = max(failures, point.failures)
        active = max(active, point.active)
        if let bytes = point.memory { memory = max(memory ?? 0, bytes) }
      }
    }
  }

  private static func throughput(_ model: DashboardModel, _ peaks: Peaks) -> Graph {
    let scale = PlotScale.bytes(peaks.wire)
    let isKnown = model.shown.watch?.tellsBytes != false
    let most = HumanText.rate(max(peaks.wire, model.readout.wire))
    return Graph(
      name: "throughput", shortName: "wire", now: isKnown ? HumanText.rate(model.readout.wire) : "n/a",
      note: isKnown ? "wire bytes, at most \(most) in view" : "wire bytes", scale: Double(scale),
      edge: HumanText.exactSize(scale) + "/s", role: .graph,
      missing: isKnown ? nil : "n/a \(model.glyphs.dash) the target counts no bytes", value: { $0.wire })
  }

  private static func memory(_ model: DashboardModel, _ peaks: Peaks) -> Graph {
    let told = model.shown.memory
    let scale = PlotScale.bytes(Double(peaks.memory ?? 0), least: 1 << 20)
    let isKnown = peaks.memory != nil || told.rssBytes != nil
    var note = ["RSS of the target"]
    if !told.isFresh, let bytes = told.rssBytes {
      note.append("\(HumanText.size(max(0, bytes)))" + TotalsView.age(told))
    }
    if let peak = told.rssPeakBytes { note.append("at most \(HumanText.size(max(0, peak)))") }
    if let source = told.source { note.append(source) }
    let reason = told.unavailableReason ?? "target sends no telemetry"
    let now = told.rssBytes.map { told.isFresh ? HumanText.size(max(0, $0)) : "-" } ?? "n/a"
    return Graph(
      name: "memory", shortName: "memory", now: now,
      note: note.joined(separator: ", "), scale: Double(scale), edge: HumanText.exactSize(scale), role: .accent,
      missing: isKnown ? nil : "n/a \(model.glyphs.dash) \(reason)", value: { $0.memory.map { Double(max(0, $0)) } })
  }

  private static func failures(_ model: DashboardModel, _ peaks: Peaks) -> Graph {
    let scale = PlotScale.count(peaks.failures)
    let failed = model.shown.counters.failed
    let share = OverviewFigures.share(failed, of: model.shown.counters.streams)
    let total = FieldText.count(failed, width: 11)
    return Graph(
      name: "failures", shortName: "failed", now: perSecond(model.readout.failures),
      note: failed == 0 ? "none so far" : "\(total) in all, \(share) of the streams",
      scale: Double(scale), edge: FieldText.count(scale, width: 5) + "/s", role: .bad, value: { $0.failures })
  }

  private static func active(_ model: DashboardModel, _ peaks: Peaks) -> Graph {
    let scale = PlotScale.count(Double(peaks.active))
    return Graph(
      name: "active", shortName: "active", now: FieldText.count(model.shown.active, width: 9),
      note: "streams in flight, at most \(FieldText.count(peaks.active, width: 9)) in view", scale: Double(scale),
      edge: FieldText.count(scale, width: 6), role: .good, value: { Double($0.active) })
  }

  /// `0.0/s`, `1.5/s`, `12.3k/s`.
  static func perSecond(_ value: Double) -> String {
    guard value.isFinite, value > 0 else { return "0.0/s" }
    return (value < 999.95 ? HumanText.fixed(value, 1) : FieldText.count(Int(min(value, 9e15)), width: 5)) + "/s"
  }
}
