internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One headless run from plan to report: lab, engine, progress, signals, in that order, and everything ended again.
struct HeadlessRun {
  let arguments: LoadArguments
  let output: OutputPlan
  let toolName: String

  /// - Returns: the exit code, once the report is written.
  /// - Throws: `ToolFailure` when the run cannot start; nothing was measured then.
  func run() throws(ToolFailure) -> ToolExit {
    var plan = try arguments.plan(.gzload)
    let mode = try arguments.labMode(.gzload)
    if let file = output.file { try ReportFile(path: file).check() }
    DescriptorLimit.raise()
    guard let mode else { return try finish(try measure(plan, memory: NoTargetMemory()), lab: nil) }

    let lab = try Lab.start(mode: mode, errors: .inherit)
    defer { lab.stop() }
    plan.targets = plan.targets.map(lab.url)
    let watcher = lab.watcher()
    watcher.start()
    var result = try measure(plan, memory: watcher)
    watcher.stop()
    result.memory.takeFigures(of: watcher.current())
    result.notes += lab.notes()
    return try finish(result, lab: mode)
  }

  private func measure(_ plan: LoadPlan, memory: any TargetMemorySource) throws(ToolFailure) -> RunResult {
    let engine = try LoadEngine(plan: plan, memory: memory)
    let interrupts = InterruptListener()
    try interrupts.start { interrupted($0, engine) }
    try engine.start()
    let terminal = TerminalFacts.of(descriptor: 2)
    let progress = output.progress ? ProgressPrinter(control: engine, plan: plan, terminal: terminal) : nil
    progress?.start()
    var result = engine.wait()
    progress?.stop()
    result.interrupted = result.interrupted || interrupts.count > 0
    return result
  }

  /// The first signal lets running streams end for a moment, the second cuts them; both lead to the partial report. A third
  /// is from somebody who wants out at any price.
  private func interrupted(_ count: Int, _ engine: LoadEngine) {
    switch count {
    case 1:
      // The bar's line is left as it is: it is the last thing that was known of the whole run.
      let start = output.progress && TerminalFacts.of(descriptor: 2).redraws ? "\n" : ""
      StandardError.write(
        "\(start)\(toolName): interrupted; running streams have \(Self.drainSeconds) s, again to cut them now\n")
      engine.stop(.drain)
      PlainThread.detach(name: "drain-limit") {
        sleep(Self.drainSeconds)
        engine.stop(.now)
      }
    case 2: engine.stop(.now)
    default: _exit(ToolExit.interrupted.rawValue)
    }
  }

  /// CI systems kill a job some seconds after they have asked it to end: the report must be written by then.
  private static let drainSeconds: UInt32 = 2

  private func finish(_ result: RunResult, lab: LabMode?) throws(ToolFailure) -> ToolExit {
    let report = RunReport(result, lab: lab)
    let written = try write(report)
    if let reason = report.noResponseReason, !report.interrupted { StandardError.write("\(toolName): \(reason)\n") }
    return written ? report.exit : .couldNotRun
  }

  /// False when the report could not be written where it was wanted. What was measured is shown all the same.
  private func write(_ report: RunReport) throws(ToolFailure) -> Bool {
    guard output.format != .quiet else { return true }
    let terminal = TerminalFacts.of(descriptor: 1)
    let color = terminal.color(allowed: output.colorAllowed)
    guard let file = output.file else {
      return writeToStandardOutput(output.format == .json ? try report.json() : report.text(color: color))
    }
    do {
      try ReportFile(path: file).write(output.format == .json ? try report.json() : report.text(color: false))
      return true
    } catch {
      StandardError.write("\(toolName): \(error.message)\n")
      if !writeToStandardOutput(report.text(color: color)) { StandardError.write(report.text(color: false)) }
      return false
    }
  }

  /// A reader that went away (`gzload … | head`) has what it wanted: that is success.
  private func writeToStandardOutput(_ text: String) -> Bool {
    if ReportFile.writeAll(1, text) || errno == EPIPE { return true }
    StandardError.write("\(toolName): stdout: the report was not written: \(String(cString: strerror(errno)))\n")
    if output.file == nil { StandardError.write(text) }
    return false
  }
}
