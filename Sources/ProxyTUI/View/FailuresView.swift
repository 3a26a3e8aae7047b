internal import LoadGen
internal import ToolSupport

/// Every kind of failure with how often and since when; below, of the selected one, what it means, what to do, and the proof.
enum FailuresView {
  static func draw(_ model: DashboardModel, layout: Layout, into frame: inout Frame) {
    let rows = model.rows.failures
    guard let area = layout.table(of: .failures, rows: rows.count) else { return }
    table(frame.size.columns).draw(rows, model.list, area: area, glyphs: model.glyphs, into: &frame)
    guard !rows.isEmpty else {
      let text = model.list.filterText.isEmpty ? "nothing has failed" : "nothing matches /\(model.list.filterText)"
      frame.put(text, row: area.lowerBound, column: 2, role: .faint)
      return
    }
    guard rows.indices.contains(model.list.selection) else { return }
    drawProof(rows[model.list.selection], model, rows: area.upperBound..<layout.body.upperBound, into: &frame)
  }

  static func table(_ columns: Int) -> ListTable<FailureBook.Kind> {
    var all: [ListTable<FailureBook.Kind>.Column] = [
      .init(title: "CAUSE OR VERDICT", field: .kind, width: columns >= 100 ? 34 : 26) { ($0.name, .bad) },
      .init(title: "COUNT", field: .count, width: 7, rightAligned: true) {
        (FieldText.count($0.count, width: 7), .value)
      },
      .init(title: "RATE/10s", field: .rate, width: 8, rightAligned: true) { (rate($0.rate), .value) },
      .init(title: "FIRST", field: .first, width: 8, rightAligned: true) {
        ($0.first.map(FieldText.clock) ?? "earlier", .value)
      },
      .init(title: "LAST", field: .last, width: 8, rightAligned: true) {
        ($0.last.map(FieldText.clock) ?? "earlier", .value)
      },
    ]
    all.append(.init(title: "MEANING", field: nil, width: 0) { ($0.advice ?? "", .faint) })
    return ListTable(columns: all)
  }

  private static func rate(_ perSecond: Double) -> String {
    guard perSecond > 0 else { return "-" }
    return perSecond < 99.95
      ? HumanText.fixed(perSecond, 1) + "/s" : FieldText.count(Int(min(perSecond, 9e15)), width: 4) + "/s"
  }

  /// Advice first, and whole: it is what one came for.
  private static func drawProof(
    _ kind: FailureBook.Kind, _ model: DashboardModel, rows: Range<Int>, into frame: inout Frame
  ) {
    guard rows.count >= 2 else { return }
    frame.fill(row: rows.lowerBound, from: 0, to: frame.size.columns, model.glyphs.rule, role: .faint)
    frame.put(" \(kind.name) ", row: rows.lowerBound, column: 1, width: frame.size.columns - 2, role: .bad)
    let lines = proof(kind, width: frame.size.columns - 4)
    for (row, line) in zip(rows.dropFirst(), lines) {
      frame.put(line.text, row: row, column: 2, width: frame.size.columns - 3, role: line.role)
    }
  }

  private static let unkept =
    "no proof of it is here: the first \(Evidence.perKind) streams of each kind have it, and nobody told of them. Enter opens the last one that was seen"
  private static let untold = "counted together by the target: its log tells of single streams"

  static func proof(_ kind: FailureBook.Kind, width: Int) -> [(text: String, role: Role)] {
    guard let piece = kind.evidence.first else {
      let meaning = TextWrap.lines(kind.advice ?? "", width: width).map { (text: $0, role: Role.value) }
      let lack = kind.meaning == nil ? unkept : untold
      return meaning + TextWrap.lines(lack, width: width).map { (text: $0, role: Role.faint) }
    }
    var lines = TextWrap.lines(piece.advice, width: width).map { (text: $0, role: Role.value) }
    let streams = kind.evidence.map { "\($0.stream)" }.joined(separator: ", ")
    lines.append(("stream \(streams)   \(piece.outcome)   \(piece.url)", .label))
    if piece.status > 0 { lines.append(("status \(piece.status)", .label)) }
    for field in piece.headers { lines.append(("\(field.name): \(field.value)", .text)) }
    if !piece.bodyHead.isEmpty {
      lines.append(("body begins  \(ByteGlance.text(piece.bodyHead, width: width - 13))", .text))
    }
    if !piece.bodyTail.isEmpty { lines.append(("body ends    \(ByteGlance.hexadecimal(piece.bodyTail))", .text)) }
    return lines
  }
}
