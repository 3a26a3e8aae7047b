public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One run from plan to report, as both tools do it: the lab before it and everything ended again after it. What happens
/// in between, progress lines or a dashboard, is the caller's.
public struct LoadRun {
  private let arguments: LoadArguments
  private let defaults: LoadDefaults
  private let output: OutputPlan
  private let toolName: String

  public init(arguments: LoadArguments, defaults: LoadDefaults, output: OutputPlan, toolName: String) {
    self.arguments = arguments
    self.defaults = defaults
    self.output = output
    self.toolName = toolName
  }

  /// Starts the lab if one is wanted, lets `conduct` start the engine and see it through, writes the report.
  ///
  /// - Returns: the exit code, once the report is written.
  /// - Throws: `ToolFailure` when the run cannot start; nothing was measured then.
  public func run(
    _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> ToolExit {
    var plan = try arguments.plan(defaults)
    let mode = try arguments.labMode(defaults)
    if let file = output.file { try ReportFile(path: file).check() }
    DescriptorLimit.raise()
    guard let mode else {
      let engine = try LoadEngine(plan: plan, memory: NoTargetMemory())
      return try finish(try conduct(engine, plan, nil), lab: nil)
    }

    let lab = try Lab.start(mode: mode, errors: .inherit)
    defer { lab.stop() }
    plan.targets = plan.targets.map(lab.url)
    let watcher = lab.watcher()
    let engine = try LoadEngine(plan: plan, memory: watcher)
    watcher.start()
    defer { watcher.stop() }
    var result = try conduct(engine, plan, mode)
    watcher.stop()
    result.memory.takeFigures(of: watcher.current())
    result.notes += lab.notes()
    return try finish(result, lab: mode)
  }

  private func finish(_ result: RunResult, lab: LabMode?) throws(ToolFailure) -> ToolExit {
    let report = RunReport(result, lab: lab)
    let written = try write(report)
    // Nothing is said twice: without a response there was no body either.
    let reason = report.noResponseReason ?? report.unfinishedReason ?? report.unprovenReason
    if let reason, !report.interrupted { StandardError.write("\(toolName): \(reason)\n") }
    return written ? report.exit : .couldNotRun
  }

  /// False when the report could not be written where it was wanted. What was measured goes to stdout all the same, in the
  /// format that was asked for: a program that reads JSON can still read it.
  private func write(_ report: RunReport) throws(ToolFailure) -> Bool {
    guard output.format != .quiet else { return true }
    let color = TerminalFacts.of(descriptor: 1).color(allowed: output.colorAllowed)
    let shown = try rendered(report, color: color)
    guard let file = output.file else { return writeToStandardOutput(shown) }
    do {
      try ReportFile(path: file).save(color ? try rendered(report, color: false) : shown)
      return true
    } catch {
      StandardError.write("\(toolName): \(error.message)\n")
      if !writeToStandardOutput(shown) { StandardError.write(shown) }
      return false
    }
  }

  private func rendered(_ report: RunReport, color: Bool) throws(ToolFailure) -> String {
    output.format == .json ? try report.json() : report.text(color: color)
  }

  /// A reader that went away (`gzload … | head`) has what it wanted: that is success.
  private func writeToStandardOutput(_ text: String) -> Bool {
    if StandardStreams.closedAtStart.contains(1) {
      errno = EBADF
    } else if ReportFile.writeAll(1, text) || errno == EPIPE {
      return true
    }
    StandardError.write("\(toolName): stdout: the report was not written: \(String(cString: strerror(errno)))\n")
    if output.file == nil { StandardError.write(text) }
    return false
  }
}
