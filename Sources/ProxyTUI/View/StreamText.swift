internal import LoadGen
internal import ToolSupport

/// Everything that is known of an opened stream as lines, what one came for first: the cause and what to do, when what happened,
/// then bytes, heads and proof.
///
/// Bounded: `limit` lines, and of every text no more than so many, whatever a server sent.
struct StreamText {
  static let labelWidth = 11
  static let limit = 900
  static let textLines = 6
  /// Of what says why, and what to do: it is never cut.
  private static let findingLines = 40
  /// From this width on the heads stand beside the times.
  static let twoColumns = 116
  private static let columnGap = 3

  let detail: StreamDetail
  let width: Int
  let glyphs: GlyphSet
  /// There is room for blank lines and for a strip of two rows.
  let isRoomy: Bool
  /// The title has no room for the whole of it.
  let showsURL: Bool
  /// There is evidence of other streams, one view from here.
  let hasProofs: Bool

  var record: StreamRecord { detail.record }

  static func lines(
    _ detail: StreamDetail, width: Int, glyphs: GlyphSet, isRoomy: Bool, showsURL: Bool = false, hasProofs: Bool = false
  ) -> [StreamLine] {
    func text(_ width: Int) -> StreamText {
      StreamText(
        detail: detail, width: width, glyphs: glyphs, isRoomy: isRoomy, showsURL: showsURL, hasProofs: hasProofs)
    }
    let whole = text(width)
    if let watched = detail.watched { return Array(whole.watchedLines(watched).prefix(limit)) }
    if detail.isProofOnly {
      let sections = [whole.findings, whole.forgotten, whole.answer, whole.proof]
      return Array(whole.joined(sections).prefix(limit))
    }
    guard width >= twoColumns else {
      let sections = [whole.findings, whole.times, whole.facts, whole.answer, whole.request, whole.proof]
      return Array(whole.joined(sections).prefix(limit))
    }
    // Headers are longer than figures.
    let leftWidth = width * 4 / 9
    let left = text(leftWidth)
    let right = text(width - columnGap - leftWidth)
    let columns = beside(
      left.joined([left.times, left.facts]), right.joined([right.answer, right.request, right.proof]),
      at: leftWidth + columnGap)
    return Array(whole.joined([whole.findings, columns]).prefix(limit))
  }

  private func joined(_ sections: [[StreamLine]]) -> [StreamLine] {
    Array(sections.filter { !$0.isEmpty }.joined(separator: isRoomy ? [.empty] : []))
  }

  private static func beside(_ left: [StreamLine], _ right: [StreamLine], at column: Int) -> [StreamLine] {
    (0..<max(left.count, right.count)).map { index in
      let line = left.indices.contains(index) ? left[index] : .empty
      return right.indices.contains(index) ? line.beside(right[index], at: column) : line
    }
  }

  // MARK: - Lines

  /// A name and one line.
  static func labelled(_ label: String, _ text: String, role: Role, width: Int) -> StreamLine {
    var line = StreamLine(label, width: labelWidth - 1, role: .label)
    line.put(text, at: labelWidth, width: width - labelWidth, role: role)
    return line
  }

  /// A name and a text of several lines.
  func fact(
    _ label: String, _ text: String, role: Role = .value, labelRole: Role = .label, limit: Int = textLines
  ) -> [StreamLine] {
    let room = width - Self.labelWidth
    var lines = CellText.wrap(text, width: room, limit: limit).map {
      StreamLine($0, at: Self.labelWidth, width: room, role: role)
    }
    if lines.isEmpty { lines = [.empty] }
    lines[0].put(label, at: 0, width: Self.labelWidth - 1, role: labelRole)
    return lines
  }

  // MARK: - What one came for

  private var findings: [StreamLine] {
    var lines: [StreamLine] = []
    let isFailed = !detail.isRunning && record.result == .failed
    if isFailed { lines += fact("cause", cause, role: .bad, limit: Self.findingLines) }
    if let advice = detail.advice, !detail.isRunning { lines += fact("advice", advice, limit: Self.findingLines) }
    if let explanation = detail.explanation, !explanation.isEmpty, explanation != detail.advice {
      lines += fact("detail", explanation, role: .text, limit: Self.findingLines)
    }
    return lines
  }

  /// `cut · truncated · 3.00 MiB missing`: every finding once.
  private var cause: String {
    var parts = [record.shortCause.isEmpty ? "failed" : record.shortCause]
    if record.transport != .complete { parts.append(record.transport.rawValue) }
    if record.verdict.isInvalid { parts.append(record.verdict.rawValue) }
    parts += record.missed.prefix(8).map { "expectation " + $0 }
    if let missing { parts.append("\(missing) of \(HumanText.size(record.expectedBytes ?? 0)) missing") }
    var seen = Set<String>()
    return parts.filter { seen.insert($0).inserted }.joined(separator: glyphs.separator)
  }
}
