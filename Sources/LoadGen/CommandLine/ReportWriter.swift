internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Writes the reports that were asked for, each where it was wanted.
struct ReportWriter {
  let output: OutputPlan
  let toolName: String

  /// Written when the run is over; the others while it goes on (`LiveOutputs`).
  private var reports: [OutputPlan.Report] { output.reports.filter { !$0.format.isLive } }

  /// Whether all files can be made, asked before the work and not after it.
  func check() throws(ToolFailure) {
    for report in reports {
      if let file = report.file { try ReportFile(path: file, option: output.option(of: report)).check() }
    }
  }

  /// Writes them all, and the one line on stderr that a run without a result needs.
  ///
  /// - Returns: the exit code of the run, or `couldNotRun` when a report was not written.
  func finish(_ report: RunReport) throws(ToolFailure) -> ToolExit {
    var isWritten = true
    for wanted in reports {
      let done = try write(wanted) { color throws(ToolFailure) in
        try Self.rendered(report, as: wanted.format, color: color, hgrmMetric: output.hgrmMetric)
      }
      isWritten = isWritten && done
    }
    // Nothing is said twice: without a response there was no body either.
    let reason = report.noResponseReason ?? report.unfinishedReason ?? report.unprovenReason
    if let reason, !report.interrupted { StandardError.write("\(toolName): \(reason)\n") }
    return isWritten ? report.exit : .couldNotRun
  }

  /// False when the report could not be written where it was wanted. What was measured goes to stdout all the same, in the
  /// format that was asked for: a program that reads JSON can still read it.
  ///
  /// - Parameter render: the text, with or without colours.
  func write(
    _ report: OutputPlan.Report, _ render: (_ color: Bool) throws(ToolFailure) -> String
  ) throws(ToolFailure) -> Bool {
    let color = TerminalFacts.of(descriptor: 1).color(allowed: output.colorAllowed)
    guard let file = report.file else {
      return writeToStandardOutput(try render(color))
    }
    let text = try render(false)
    do {
      try ReportFile(path: file, option: output.option(of: report)).save(text)
      return true
    } catch {
      StandardError.write("\(toolName): \(error.message)\n")
      // Not between the lines of another report.
      guard !output.reports.contains(where: { $0.file == nil }) else { return false }
      let shown = try render(color)
      if !writeToStandardOutput(shown) { StandardError.write(shown) }
      return false
    }
  }

  /// - Parameter hgrmMetric: what a percentile spectrum is of.
  static func rendered(
    _ report: RunReport, as format: OutputPlan.Format, color: Bool, hgrmMetric: Distributions.Metric
  ) throws(ToolFailure) -> String {
    switch format {
    case .text: report.text(color: color)
    case .json: try report.json()
    case .junit: JUnitReport(report).text()
    case .markdown: MarkdownSummary(report).text()
    case .prometheus: PrometheusFigures(report).text()
    case .hgrm: report.percentileSpectrum(of: hgrmMetric)
    case .html: HTMLReport(report).text()
    // Written while the run goes on, or not at all.
    case .ndjson, .csv, .quiet: ""
    }
  }

  /// A reader that went away (`gzload … | head`) has what it wanted: that is success.
  private func writeToStandardOutput(_ text: String) -> Bool {
    if StandardStreams.closedAtStart.contains(1) {
      errno = EBADF
    } else if ReportFile.writeAll(1, text) || errno == EPIPE {
      return true
    }
    StandardError.write("\(toolName): stdout: the report was not written: \(String(cString: strerror(errno)))\n")
    if output.reports.allSatisfy({ $0.file == nil }) { StandardError.write(text) }
    return false
  }
}
