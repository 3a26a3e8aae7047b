internal import LoadGen
internal import ToolSupport

/// Three rows of four figures, and one for the memory of the target. Every figure keeps its place and its width.
enum TotalsView {
  private struct Figure {
    var name: String
    var value: String
    var role: Role = .value
  }

  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    let counters = model.snapshot.counters
    let wanted = "\(model.snapshot.active)/\(model.concurrency)"
    let badGateways = counters.status[502, default: 0]
    let figures: [[Figure]] = [
      [
        Figure(name: "streams", value: FieldText.count(counters.streams, width: 11)),
        Figure(name: "ok", value: FieldText.count(counters.ok, width: 11)),
        alarm("failed", counters.failed),
        Figure(name: "active", value: wanted),
      ],
      [
        Figure(name: "streams/s", value: HumanText.fixed(model.readout.streams, 1)),
        Figure(name: "wire", value: HumanText.rate(model.readout.wire)),
        Figure(name: "decoded", value: HumanText.rate(model.readout.decoded)),
        alarm("502s", badGateways),
      ],
      [
        Figure(name: "cut at end", value: FieldText.count(counters.cutByDeadline, width: 8)),
        Figure(name: "wire", value: HumanText.size(counters.bytesWire)),
        Figure(name: "decoded", value: HumanText.size(counters.bytesDecoded)),
        alarm("invalid", counters.invalid),
      ],
    ]
    let width = max(20, min(30, frame.size.columns / 4))
    for (line, items) in figures.enumerated() {
      for (index, figure) in items.enumerated() {
        draw(figure, row: row + line, column: index * width, width: width - 2, into: &frame)
      }
    }
    drawMemory(model, row: row + 3, busyColumn: 3 * width, width: width - 2, into: &frame)
  }

  private static func alarm(_ name: String, _ count: Int) -> Figure {
    Figure(name: name, value: FieldText.count(count, width: 9), role: count > 0 ? .bad : .value)
  }

  private static func draw(_ figure: Figure, row: Int, column: Int, width: Int, into frame: inout Frame) {
    frame.put(figure.name, row: row, column: column, width: width, role: .label)
    frame.putRight(figure.value, row: row, column: column, width: width, role: figure.role)
  }

  private static func drawMemory(
    _ model: DashboardModel, row: Int, busyColumn: Int, width: Int, into frame: inout Frame
  ) {
    let memory = model.snapshot.memory
    let column = frame.put("proxy RSS  ", row: row, column: 0, role: .label)
    let room = busyColumn - column - 2
    if let bytes = memory.rssBytes {
      let peak = memory.rssPeakBytes.map { ", peak \(HumanText.size($0))" } ?? ""
      let source = memory.source.map { model.glyphs.separator + $0 } ?? ""
      frame.put(HumanText.size(bytes) + peak + source, row: row, column: column, width: room, role: .value)
    } else {
      let text = "n/a \(model.glyphs.dash) target sends no telemetry"
      frame.put(text, row: row, column: column, width: room, role: .faint)
    }
    let share = model.snapshot.client.busyFraction
    let percent = share.isFinite ? Int((min(max(share, 0), 1) * 100).rounded()) : 0
    let busy = Figure(name: "tester busy", value: "\(percent)%", role: percent >= 90 ? .waiting : .value)
    draw(busy, row: row, column: busyColumn, width: width, into: &frame)
  }
}
