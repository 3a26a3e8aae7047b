internal import LoadGen
internal import ToolSupport

/// Three rows of four figures, and one for the memory of the target. Every figure keeps its place and its width, and has
/// its number on every screen.
enum TotalsView {
  private struct Figure {
    var name: String
    var value: String
    var role: Role = .value
  }

  static func draw(_ model: DashboardModel, row: Int, into frame: inout Frame) {
    let columns = TotalsColumn.fit(frame.size.columns)
    let isRoomy = frame.size.columns >= TotalsColumn.roomy
    for (line, items) in figures(model, isRoomy: isRoomy).enumerated() {
      for (figure, column) in zip(items, columns) {
        draw(figure, row: row + line, column: column.start, width: column.width, into: &frame)
      }
    }
    drawActive(model, row: row, column: columns[3], into: &frame)
    drawMemory(model, row: row + 3, busy: columns[3], isRoomy: isRoomy, into: &frame)
  }

  /// By row; the fourth of the first, `active`, has rules of its own.
  private static func figures(_ model: DashboardModel, isRoomy: Bool) -> [[Figure]] {
    let counters = model.shown.counters
    let width = isRoomy ? 11 : 6
    // A watched target tells sums, and how fast they rise while it answers.
    let isMeasured = model.shown.watch == nil
    let hasBytes = model.shown.watch?.tellsBytes != false
    let hasRates = model.isTold
    return [
      [
        Figure(name: "streams", value: FieldText.count(counters.streams, width: width)),
        known(isMeasured, Figure(name: "ok", value: FieldText.count(counters.ok, width: isRoomy ? 11 : 9))),
        alarm("failed", counters.failed, isRoomy),
      ],
      [
        known(hasRates, Figure(name: "streams/s", value: perSecond(model.readout.streams, isRoomy))),
        known(hasBytes && hasRates, rate("wire", model.readout.wire, isRoomy)),
        known(isMeasured && hasRates, rate("decoded", model.readout.decoded, isRoomy)),
        known(isMeasured, alarm("502s", counters.status[502, default: 0], isRoomy)),
      ],
      [
        known(
          isMeasured, Figure(name: "cut by us", value: FieldText.count(counters.cutByDeadline, width: isRoomy ? 8 : 4))
        ),
        known(hasBytes, size("wire", counters.bytesWire, isRoomy)),
        known(isMeasured, size("decoded", counters.bytesDecoded, isRoomy)),
        known(isMeasured, alarm("invalid", counters.invalid, isRoomy)),
      ],
    ]
  }

  /// A dash where nobody tells the figure.
  private static func known(_ isKnown: Bool, _ figure: Figure) -> Figure {
    isKnown ? figure : Figure(name: figure.name, value: "-", role: .faint)
  }

  private static func alarm(_ name: String, _ count: Int, _ isRoomy: Bool) -> Figure {
    Figure(name: name, value: FieldText.count(count, width: isRoomy ? 9 : 6), role: count > 0 ? .bad : .value)
  }

  private static func size(_ name: String, _ bytes: Int64, _ isRoomy: Bool) -> Figure {
    Figure(name: name, value: isRoomy ? HumanText.size(bytes) : FieldText.size(bytes))
  }

  /// Where room is short the second stands with the name, which the totals below it have too.
  private static func rate(_ name: String, _ bytes: Double, _ isRoomy: Bool) -> Figure {
    guard !isRoomy else { return Figure(name: name, value: HumanText.rate(bytes)) }
    return Figure(name: name + "/s", value: String(FieldText.rate(bytes).dropLast(2)))
  }

  private static func perSecond(_ streams: Double, _ isRoomy: Bool) -> String {
    guard !isRoomy, streams >= 999.95 else { return HumanText.fixed(streams, 1) }
    return FieldText.count(Int(min(streams, 9e15)), width: 4)
  }

  private static func draw(_ figure: Figure, row: Int, column: Int, width: Int, into frame: inout Frame) {
    frame.put(figure.name, row: row, column: column, width: width, role: .label)
    frame.putRight(figure.value, row: row, column: column, width: width, role: figure.role)
  }

  /// `8/8`: running of wanted. While more run than are wanted, which takes until their streams have ended, that is said in
  /// words; where there is no room for them the header has the wish.
  private static func drawActive(_ model: DashboardModel, row: Int, column: TotalsColumn, into frame: inout Frame) {
    let name = "active"
    let active = model.shown.active
    let texts = activeTexts(model)
    // Nothing stands at the right of the last column, so its gap is room too.
    let room = frame.size.columns - column.start - name.utf8.count - 1
    let text = texts.first { $0.utf8.count <= room } ?? FieldText.count(active, width: 5)
    let width = max(column.width, name.utf8.count + 1 + text.utf8.count)
    draw(Figure(name: name, value: text), row: row, column: column.start, width: width, into: &frame)
  }

  /// The longest first.
  private static func activeTexts(_ model: DashboardModel) -> [String] {
    let active = model.shown.active
    let wanted = model.concurrency
    guard model.isTold else { return ["-"] }
    guard model.hasLimit else { return ["\(active)"] }
    return active > wanted
      ? ["\(active), wanted \(wanted)", "\(active), want \(wanted)", "\(active)"]
      : ["\(active)/\(wanted)", "\(active)"]
  }

  // MARK: - Memory

  private static func drawMemory(
    _ model: DashboardModel, row: Int, busy: TotalsColumn, isRoomy: Bool, into frame: inout Frame
  ) {
    let client = model.shown.client
    // What it does now; of a run that is over, what it did.
    let share = model.shown.phase == .finished ? client.busyFraction : client.busyNow
    let percent = share.isFinite ? Int((min(max(share, 0), 1) * 100).rounded()) : 0
    let role: Role = percent >= 90 ? .waiting : .value
    let figure = Figure(name: isRoomy ? "tester busy" : "busy", value: "\(percent)%", role: role)
    draw(known(model.shown.watch == nil, figure), row: row, column: busy.start, width: busy.width, into: &frame)
    let column = frame.put(isRoomy ? "proxy RSS  " : "RSS ", row: row, column: 0, role: .label)
    let room = busy.start - column - 2
    let (text, memoryRole) = memory(model.shown.memory, model.glyphs, room: room)
    frame.put(text, row: row, column: column, width: room, role: memoryRole)
  }

  /// A figure that comes with a response's head may be as old as the stream.
  static func age(_ memory: TargetMemory) -> String {
    guard let seconds = memory.ageSeconds, seconds >= 2 else { return "" }
    return ", \(HumanText.grouped(Int(min(seconds, 1e9)))) s ago"
  }

  private static func memory(_ memory: TargetMemory, _ glyphs: GlyphSet, room: Int) -> (text: String, role: Role) {
    guard let bytes = memory.rssBytes else {
      return ("n/a \(glyphs.dash) \(memory.unavailableReason ?? "target sends no telemetry")", .faint)
    }
    let peak = memory.rssPeakBytes.map { ", peak \(HumanText.size($0))" } ?? ""
    let figures = HumanText.size(bytes) + peak + age(memory)
    guard let source = memory.source else { return (figures, .value) }
    let whole = figures + glyphs.separator + source
    if whole.unicodeScalars.count <= room { return (whole, .value) }
    return (figures + glyphs.separator + shortened(source), .value)
  }

  /// The part of a source's name that tells it from others: `pid 4711` of `gzproxy (child, pid 4711)`.
  static func shortened(_ source: String) -> String {
    if source.hasPrefix("x-gzproxy-rss-bytes") { return "by its header" }
    if let several = source.firstRange(of: ", largest of ") {
      return String(source[several.lowerBound...].dropFirst(2))
    }
    guard source.hasSuffix(")"), let pid = source.utf8.lastIndex(of: UInt8(ascii: ",")) else { return source }
    return source[source.index(after: pid)...].dropLast().drop { $0 == " " }.description
  }
}
