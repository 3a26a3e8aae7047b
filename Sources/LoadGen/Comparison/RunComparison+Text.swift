internal import ToolSupport

extension RunComparison {
  /// The table a person reads, at most 80 columns wide unless a change is of many thousandfold; limits last, where a terminal still shows them.
  func text(color: Bool) -> String {
    let style = TextStyle(color: color)
    var layout = TextLayout()
    for item in [base] + moreBase { layout.row("base", Self.title(item)) }
    for item in [new] + moreNew { layout.row("new", Self.title(item)) }
    for warning in warnings { layout.row("warning", warning, style: style.warn) }
    layout.line()
    layout.line(style.strong(Self.line(["", "base", "new", "change", "95% interval", ""])))
    for row in rows {
      let unit = row.figure.unit
      let line = Self.line([
        row.figure.name, ComparisonWords.value(row.base, unit), ComparisonWords.value(row.new, unit),
        ComparisonWords.change(row), ComparisonWords.interval(row), row.verdictText,
      ])
      layout.line(row.isRegression ? style.bad(line) : row.verdict == .better ? style.good(line) : line)
    }
    if rows.isEmpty { layout.line("nothing was measured in either report") }
    if let caution, !rows.isEmpty {
      layout.line()
      layout.row("note", caution)
    }
    let limited = rows.filter { $0.limit != nil }
    if !limited.isEmpty { layout.line() }
    for row in limited where !row.isRegression && !row.isUnjudged {
      layout.row("passed", ComparisonWords.judgement(row), style: style.good)
    }
    for row in unjudged {
      let label = allowsFew ? "not judged" : "CANNOT TELL"
      layout.row(label, ComparisonWords.judgement(row), style: allowsFew ? style.warn : style.bad)
    }
    for row in limited where row.isRegression {
      layout.row("REGRESSION", ComparisonWords.judgement(row), style: style.bad)
    }
    return layout.lines.joined(separator: "\n") + "\n"
  }

  private static func title(_ item: NamedReport) -> String {
    let streams = HumanText.grouped(item.report.totals.streams)
    return "\(item.name): \(streams) streams in \(HumanText.duration(item.report.durationSeconds)), "
      + "\(item.report.startedAt)"
  }

  private static func line(_ cells: [String]) -> String {
    var line = TextLayout.padded(cells[0], widths[0])
    for (cell, width) in zip(cells.dropFirst().dropLast(), widths.dropFirst()) {
      line += " " + TextLayout.right(cell, width - 1)
    }
    let last = cells.last ?? ""
    return last.isEmpty ? line : line + " " + last
  }

  private static let widths = [21, 11, 11, 10, 19]

  /// For a CI job's summary.
  func markdown() -> String {
    let outcome = !regressions.isEmpty ? "Regression" : exit == .passed ? "No regression" : "Cannot tell"
    var lines = ["### \(outcome): \(codes(new, moreNew)) against \(codes(base, moreBase))", ""]
    for warning in warnings { lines.append("> **Warning:** \(plain(warning))") }
    if !warnings.isEmpty { lines.append("") }
    lines += ["| | base | new | change | interval | |", "|---|--:|--:|--:|--:|---|"]
    for row in rows {
      let unit = row.figure.unit
      let cells = [
        code(row.figure.name), ComparisonWords.value(row.base, unit), ComparisonWords.value(row.new, unit),
        ComparisonWords.change(row), ComparisonWords.interval(row),
        row.isRegression ? "**regression**" : row.verdictText,
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    let limited = rows.filter { $0.limit != nil }
    if let caution, !rows.isEmpty { lines += ["", plain("Note: " + caution)] }
    if !limited.isEmpty { lines.append("") }
    for row in limited {
      let open = allowsFew ? "not judged" : "**cannot tell**"
      let word = row.isRegression ? "**regression**" : row.isUnjudged ? open : "passed"
      lines.append("- \(word): \(plain(ComparisonWords.judgement(row)))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// No name out of a file becomes markup.
  private func plain(_ text: String) -> String {
    String(TextLayout.clean(text).flatMap { "\\`*_<>[]|#".contains($0) ? ["\\", $0] : [$0] })
  }

  private func codes(_ first: NamedReport, _ more: [NamedReport]) -> String {
    ([first] + more).map { code($0.name) }.joined(separator: ", ")
  }

  private func code(_ text: String) -> String {
    "`" + TextLayout.clean(text).replacing("`", with: "'").replacing("|", with: "/") + "`"
  }
}
