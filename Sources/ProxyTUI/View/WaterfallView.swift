internal import LoadGen

/// The phases of a stream as bars on one scale, which the arrivals below share.
enum WaterfallView {
  /// Cells before the bars: what a phase is called, how long it took.
  static let barColumn = StreamText.labelWidth + 7

  static func lines(_ phases: StreamPhases, isRunning: Bool, failed: Bool, width: Int, glyphs: GlyphSet) -> [StreamLine]
  {
    let bars = width - barColumn
    guard bars >= 8 else { return [] }
    var lines = [scale(phases, isRunning: isRunning, bars: bars, glyphs: glyphs)]
    if phases.isReused {
      lines.append(
        StreamText.labelled("connection", "there already: no DNS, no connect, no TLS", role: .faint, width: width))
    }
    for phase in phases.phases {
      var line = StreamLine(phase.name, width: StreamText.labelWidth - 1, role: .label)
      let time = FieldText.time(phase.duration / 1e6)
      line.put(time, at: StreamText.labelWidth + 5 - time.utf8.count, width: 5, role: .value)
      let role: Role = !phase.isOpen ? .bar : isRunning ? .waiting : failed ? .bad : .bar
      let (cells, text) = bar(phase, of: phases.total, width: bars, glyphs)
      line.put(text, at: barColumn + cells, width: bars - cells, role: role)
      lines.append(line)
    }
    return lines
  }

  /// `0 ───── 1.36s`, the end of a running stream being now.
  private static func scale(_ phases: StreamPhases, isRunning: Bool, bars: Int, glyphs: GlyphSet) -> StreamLine {
    var line = StreamLine("times", width: StreamText.labelWidth - 1, role: .heading)
    let end = (isRunning ? " now, " : " ") + FieldText.time(phases.total / 1e6)
    let rule = String(repeating: Character(glyphs.rule), count: max(0, bars - 2 - end.utf8.count))
    line.put("0 " + rule + end, at: barColumn, width: bars, role: .faint)
    return line
  }

  /// The bar and the cells before it; what took no time to speak of is a thin mark.
  static func bar(
    _ phase: StreamPhases.Phase, of total: Double, width: Int, _ glyphs: GlyphSet
  ) -> (cells: Int, text: String) {
    let first = min(place(phase.start, of: total, cells: width), width - 1)
    let eighths = place(phase.end, of: total, cells: width * 8) - first * 8
    let full = max(0, eighths / 8)
    var text = String(repeating: Character(glyphs.barFull), count: full)
    if full < width - first, let part = glyphs.barPart(eighths: max(0, eighths % 8)), eighths % 8 > 0 {
      text.unicodeScalars.append(part)
    }
    return (first, text.isEmpty ? String(Character(glyphs.unicode ? "▏" : "|")) : text)
  }

  /// Which of so many cells a moment is in, the end being one more than the last.
  static func place(_ moment: Double, of total: Double, cells: Int) -> Int {
    let share = moment / total
    guard share.isFinite else { return 0 }
    return Int(min(max(0, share), 1) * Double(cells))
  }
}
