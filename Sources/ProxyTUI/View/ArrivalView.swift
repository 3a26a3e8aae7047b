internal import LoadGen
internal import ToolSupport

/// When the bytes of a body came, under the bars and on their scale: a height for what came in a cell's time, the longest
/// silence marked and told.
struct ArrivalView {
  let strip: ArrivalStrip
  /// Microseconds, as `StreamPhases.total`.
  let total: Double
  /// Of the longest silence; nil where it is not known.
  let longest: Double?
  /// When it was; nil where that is not known.
  let silence: Range<Double>?
  let glyphs: GlyphSet

  init(_ strip: ArrivalStrip, _ record: StreamRecord, gapAt: Int64?, total: Double, glyphs: GlyphSet) {
    self.strip = strip
    self.total = total
    self.glyphs = glyphs
    let longest = record.gapMax.flatMap { $0 > 0 ? Double($0) : nil }
    self.longest = longest
    silence = longest.flatMap { longest in gapAt.map { Double($0)..<Double($0) + longest } }
  }

  /// What a cell shows.
  enum Cell: Equatable {
    /// A share of the fullest cell.
    case bytes(Double, inSilence: Bool)
    case nothing
    case silence
  }

  /// The strip in so many cells: slots are repeated where there are more cells, and the fullest one counts where there are
  /// fewer.
  func cells(_ width: Int) -> [Cell] {
    let length = Double(max(1, strip.slotLength))
    let most = Double(max(1, strip.bytes.max() ?? 1))
    return (0..<width).map { cell in
      let start = total * Double(cell) / Double(width)
      let end = total * Double(cell + 1) / Double(width)
      let isSilent = silence.map { $0.lowerBound < end && start < $0.upperBound } ?? false
      let first = slot(start / length)
      let last = max(first, slot((end / length).nextDown))
      let count = (first...last).lazy.map { strip.bytes.indices.contains($0) ? strip.bytes[$0] : 0 }.max() ?? 0
      guard count > 0 else { return isSilent ? .silence : .nothing }
      return .bytes(Double(count) / most, inSilence: isSilent)
    }
  }

  private func slot(_ position: Double) -> Int {
    guard position.isFinite else { return 0 }
    return Int(min(max(0, position), Double(ArrivalStrip.slots)))
  }

  func lines(width: Int, height: Int) -> [StreamLine] {
    let bars = width - WaterfallView.barColumn
    guard bars >= 8 else { return [] }
    let cells = cells(bars)
    var lines = (0..<height).map { row in drawn(cells, row: row, of: height) }
    lines[0].put("arrivals", at: 0, width: StreamText.labelWidth - 1, role: .heading)
    let legend = legend(marked: cells.contains(.silence))
    let whole = legend.joined(separator: "; ")
    for text in whole.unicodeScalars.count <= bars ? [whole] : legend {
      lines.append(StreamLine(text, at: WaterfallView.barColumn, width: bars, role: .label))
    }
    return lines
  }

  /// One row of the strip; the lowest is the last.
  private func drawn(_ cells: [Cell], row: Int, of height: Int) -> StreamLine {
    var line = StreamLine()
    let below = Double(height - 1 - row)
    var run = (text: "", role: Role.graph, start: 0)
    for (index, cell) in cells.enumerated() {
      let (scalar, role) = glyph(cell, above: below, rows: Double(height))
      if role != run.role {
        line.put(
          run.text, at: WaterfallView.barColumn + run.start, width: run.text.unicodeScalars.count, role: run.role)
        run = ("", role, index)
      }
      run.text.unicodeScalars.append(scalar)
    }
    line.put(run.text, at: WaterfallView.barColumn + run.start, width: run.text.unicodeScalars.count, role: run.role)
    return line
  }

  private func glyph(_ cell: Cell, above: Double, rows: Double) -> (Unicode.Scalar, Role) {
    switch cell {
    case .silence: return above > 0 ? (" ", .waiting) : (Self.silent(glyphs), .waiting)
    case .nothing: return above > 0 ? (" ", .faint) : (glyphs.unicode ? "·" : "_", .faint)
    case .bytes(let share, let inSilence):
      let role: Role = inSilence ? .waiting : .graph
      let height = min(1, share * rows - above)
      // A single byte is no silence.
      let level = above > 0 ? glyphs.level(height) : glyphs.level(max(0.125, height))
      return (level ?? " ", role)
    }
  }

  static func silent(_ glyphs: GlyphSet) -> Unicode.Scalar { glyphs.unicode ? "─" : "x" }

  private func legend(marked: Bool) -> [String] {
    let slots = strip.bytes.count == 1 ? "1 slot" : "\(strip.bytes.count) slots"
    let length = FieldText.time(Double(strip.slotLength) / 1e6)
    let scale = "\(slots) of \(length), most \(HumanText.size(strip.bytes.max() ?? 0))"
    guard let longest else { return [scale] }
    var told = "longest silence \(FieldText.time(longest / 1e6))"
    if let silence { told += " at \(FieldText.time(silence.lowerBound / 1e6))" }
    if marked { told = String(repeating: Character(Self.silent(glyphs)), count: 2) + " " + told }
    return [scale, told]
  }
}
