public import ToolSupport

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

  /// gztop's dashboard is on the terminal until the run is over.
  private var ownsScreen: Bool { toolName == "gztop" }

  /// Starts the lab if one is wanted, lets `conduct` start the engine and see it through, writes the report.
  ///
  /// - Returns: the exit code, once the report is written.
  /// - Throws: `ToolFailure` when the run cannot start; nothing was measured then.
  public func run(
    _ conduct: (LiveRun) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> ToolExit {
    var plan = try arguments.plan(defaults)
    let mode = try arguments.labMode(defaults)
    let function = try arguments.labConcurrency(defaults, plan)
    if try arguments.observation.plan().listen != nil || ownsScreen {
      plan.publishesDistributions = true
    }
    plan.publishesLanes = ownsScreen
    try ReportWriter(output: output, toolName: toolName).check()
    let descriptors = DescriptorLimit.raise()
    guard let mode else { return try watched(plan, conduct) }

    try LabLimit.check(concurrency: plan.ownConcurrency, function: function, descriptors: descriptors)
    let lab = try Lab.start(mode: mode, concurrency: function ?? Lab.functionConcurrency, errors: .inherit)
    defer { lab.stop() }
    for index in plan.targets.indices { plan.targets[index].url = lab.url(plan.targets[index].url) }
    let watcher = lab.watcher()
    watcher.start()
    defer { watcher.stop() }
    return try observed(plan, memory: watcher, lab: lab, conduct) { result in
      watcher.stop()
      result.memory.takeFigures(of: watcher.current())
      result.notes += lab.notes()
    }
  }

  /// Without a lab: the target's memory is what `--watch-…` says.
  private func watched(
    _ plan: LoadPlan, _ conduct: (LiveRun) throws(ToolFailure) -> RunResult
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
    _ plan: LoadPlan, memory: any TargetMemorySource, lab: Lab?,
    _ conduct: (LiveRun) throws(ToolFailure) -> RunResult, complete: (inout RunResult) -> Void
  ) throws(ToolFailure) -> ToolExit {
    let outputs = try LiveOutputs(
      plan: plan, reports: output.reports, observation: try arguments.observation.plan(), lab: lab?.mode,
      toolName: toolName, ownsScreen: ownsScreen)
    var result: RunResult?
    do {
      let engine = try LoadEngine(plan: plan, memory: memory, events: outputs.hub)
      outputs.attach(engine)
      let desk = desk(engine, plan, lab, outputs)
      let source = LiveSource(engine, feed: outputs.feed, desk: desk)
      let observers = outputs.observers() + (desk.map { [$0.series] } ?? [])
      let run = LiveRun(engine: engine, plan: plan, lab: lab?.mode, source: source)
      result = try followed(run, by: observers, conduct)
      for line in desk?.settle() ?? [] { StandardError.write("\(toolName): \(line)\n") }
      result?.notes += desk?.notes() ?? []
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
    let exit = try finish(result, lab: lab?.mode)
    return unwritten.isEmpty ? exit : .couldNotRun
  }

  /// Nil where nobody sits in front of the run.
  private func desk(_ engine: LoadEngine, _ plan: LoadPlan, _ lab: Lab?, _ outputs: LiveOutputs) -> RunDesk? {
    guard ownsScreen else { return nil }
    return RunDesk(
      engine: engine, plan: plan, lab: lab, hub: outputs.hub, late: outputs.late, hgrmMetric: output.hgrmMetric)
  }

  /// Lets the run go on under the eyes of all who follow it.
  private func followed(
    _ run: LiveRun, by others: [any RunObserver], _ conduct: (LiveRun) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> RunResult {
    let (engine, plan) = (run.engine, run.plan)
    let series = RunSeries()
    var observers: [any RunObserver] = [series] + others
    if let rule = plan.abort {
      // Not kept alive by its own monitor's observer: the engine is the caller's.
      observers.append(
        ThresholdGuard(thresholds: plan.thresholds, rule: rule) { [weak engine] reason in engine?.abort(reason) })
    }
    let note = StartTime.note(plan, now: MonotonicClock.wallSeconds())
    let monitor = RunMonitor(control: engine, observers: observers)
    monitor.start()
    defer { monitor.stop() }
    var result = try conduct(run)
    monitor.stop()
    result.series = series.series()
    result.notes += note.map { [$0] } ?? []
    return result
  }

  private func finish(_ result: RunResult, lab: LabMode?) throws(ToolFailure) -> ToolExit {
    try ReportWriter(output: output, toolName: toolName).finish(RunReport(result, lab: lab))
  }
}
