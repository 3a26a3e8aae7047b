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

  /// Starts the lab if one is wanted, lets `conduct` start the engine and see it through, writes the report.
  ///
  /// - Returns: the exit code, once the report is written.
  /// - Throws: `ToolFailure` when the run cannot start; nothing was measured then.
  public func run(
    _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> ToolExit {
    var plan = try arguments.plan(defaults)
    let mode = try arguments.labMode(defaults)
    try ReportWriter(output: output, toolName: toolName).check()
    DescriptorLimit.raise()
    guard let mode else {
      return try finish(try observed(plan, memory: NoTargetMemory(), lab: nil, conduct), lab: nil)
    }

    let lab = try Lab.start(mode: mode, errors: .inherit)
    defer { lab.stop() }
    for index in plan.targets.indices { plan.targets[index].url = lab.url(plan.targets[index].url) }
    let watcher = lab.watcher()
    watcher.start()
    defer { watcher.stop() }
    var result = try observed(plan, memory: watcher, lab: mode, conduct)
    watcher.stop()
    result.memory.takeFigures(of: watcher.current())
    result.notes += lab.notes()
    return try finish(result, lab: mode)
  }

  /// The run itself, and those who follow it while it goes on.
  private func observed(
    _ plan: LoadPlan, memory: any TargetMemorySource, lab: LabMode?,
    _ conduct: (LoadEngine, LoadPlan, LabMode?) throws(ToolFailure) -> RunResult
  ) throws(ToolFailure) -> RunResult {
    let engine = try LoadEngine(plan: plan, memory: memory)
    let monitor = RunMonitor(control: engine, observers: [])
    monitor.start()
    defer { monitor.stop() }
    return try conduct(engine, plan, lab)
  }

  private func finish(_ result: RunResult, lab: LabMode?) throws(ToolFailure) -> ToolExit {
    try ReportWriter(output: output, toolName: toolName).finish(RunReport(result, lab: lab))
  }
}
