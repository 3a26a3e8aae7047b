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
    for report in finalReports {
      if let file = report.file { try ReportFile(path: file).check() }
    }
    DescriptorLimit.raise()
    guard let mode else { return try watched(plan, conduct) }

    let lab = try Lab.start(mode: mode, errors: .inherit)
    defer { lab.stop() }
    for index in plan.targets.indices { plan.targets[index].url = lab.url(plan.targets[index].url) }
    let watcher = lab.watcher()
    watcher.start()
    defer { watcher.stop() }
    return try observed(plan, memory: watcher, lab: mode, conduct) { result in
      watcher.stop()
      result.memory.takeFigures(of: watcher.current())
      result.notes += lab.notes()
    }
  }

  /// Without a lab: the target's memory is what `--watch-…` says.
  private func watched(
    _ plan: LoadPlan, _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> ToolExit {
    guard let target = plan.watch else {
      return try observed(plan, memory: NoTargetMemory(), lab: nil, conduct) { _ in }
    }
    let watcher = try TargetWatcher(target)
    watcher.start()
    defer { watcher.stop() }
    return try observed(plan, memory: watcher, lab: nil, conduct) { result in
      watcher.stop()
      result.memory.takeFigures(of: watcher.current())
      result.notes += watcher.notices()
    }
  }

  /// The run itself, those who follow it while it goes on, and what is said of it.
  ///
  /// - Parameter complete: adds to the result what is known only when the run is over.
  private func observed(
    _ plan: LoadPlan, memory: any TargetMemorySource, lab: LabMode?,
    _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult, complete: (inout RunResult) -> Void
  ) throws(ToolFailure) -> ToolExit {
    // gztop's dashboard is on the terminal until the run is over.
    let outputs = try LiveOutputs(
      plan: plan, reports: output.reports, observation: try arguments.observation.plan(), lab: lab, toolName: toolName,
      ownsScreen: toolName == "gztop")
    var result: RunResult?
    do {
      let engine = try LoadEngine(plan: plan, memory: memory, events: outputs.hub)
      outputs.attach(engine)
      result = try followed(engine, plan, lab, by: outputs.observers(), conduct)
    } catch {
      _ = outputs.finish(&result)
      throw error
    }
    if var ended = result {
      complete(&ended)
      result = ended
    }
    let unwritten = outputs.finish(&result)
    for line in unwritten { StandardError.write("\(toolName): \(line)\n") }
    guard let result else { return .couldNotRun }
    let exit = try finish(result, lab: lab)
    return unwritten.isEmpty ? exit : .couldNotRun
  }

  /// Lets the run go on under the eyes of all who follow it.
  private func followed(
    _ engine: LoadEngine, _ plan: LoadPlan, _ lab: LabMode?, by others: [any RunObserver],
    _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> RunResult {
    let series = RunSeries()
    var observers: [any RunObserver] = [series] + others
    if let rule = plan.abort {
      // Not kept alive by its own monitor's observer: the engine is the caller's.
      observers.append(
        ThresholdGuard(thresholds: plan.thresholds, rule: rule) { [weak engine] reason in engine?.abort(reason) })
    }
    let monitor = RunMonitor(control: engine, observers: observers)
    monitor.start()
    defer { monitor.stop() }
    var result = try conduct(engine, plan, lab)
    monitor.stop()
    result.series = series.series()
    return result
  }

  /// Written when the run is over; the others while it goes on (`LiveOutputs`).
  private var finalReports: [OutputPlan.Report] { output.reports.filter { !$0.format.isLive } }

  private func finish(_ result: RunResult, lab: LabMode?) throws(ToolFailure) -> ToolExit {
    let report = RunReport(result, lab: lab)
    var isWritten = true
    for wanted in finalReports where try !write(report, wanted) { isWritten = false }
    // Nothing is said twice: without a response there was no body either.
    let reason = report.noResponseReason ?? report.unfinishedReason ?? report.unprovenReason
    if let reason, !report.interrupted { StandardError.write("\(toolName): \(reason)\n") }
    return isWritten ? report.exit : .couldNotRun
  }

  /// False when the report could not be written where it was wanted. What was measured goes to stdout all the same, in the
  /// format that was asked for: a program that reads JSON can still read it.
  private func write(_ report: RunReport, _ wanted: OutputPlan.Report) throws(ToolFailure) -> Bool {
    let color = TerminalFacts.of(descriptor: 1).color(allowed: output.colorAllowed)
    guard let file = wanted.file else {
      return writeToStandardOutput(try rendered(report, as: wanted.format, color: color))
    }
    let text = try rendered(report, as: wanted.format, color: false)
    do {
      try ReportFile(path: file).save(text)
      return true
    } catch {
      StandardError.write("\(toolName): \(error.message)\n")
      // Not between the lines of another report.
      guard !output.reports.contains(where: { $0.file == nil }) else { return false }
      let shown = try rendered(report, as: wanted.format, color: color)
      if !writeToStandardOutput(shown) { StandardError.write(shown) }
      return false
    }
  }

  private func rendered(_ report: RunReport, as format: OutputPlan.Format, color: Bool) throws(ToolFailure) -> String {
    switch format {
    case .text: report.text(color: color)
    case .json: try report.json()
    case .junit: JUnitReport(report).text()
    case .markdown: MarkdownSummary(report).text()
    case .prometheus: PrometheusFigures(report).text()
    case .hgrm: report.percentileSpectrum(of: output.hgrmMetric)
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
