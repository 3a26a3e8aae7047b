public import ToolSupport

/// Runs a plan.
public final class LoadEngine: LoadControl {
  public init(plan: LoadPlan, memory: any TargetMemorySource) throws(ToolFailure) {}

  /// Starts the loop threads. Call once.
  public func start() throws(ToolFailure) {}
  /// Blocks until the run is over and every thread has ended.
  public func wait() -> RunResult {
    RunResult(
      plan: LoadPlan(targets: []), startedAt: 0, durationSeconds: 0, interrupted: false, counters: Counters(),
      distributions: Distributions(), evidence: [], memory: TargetMemory(), client: ClientUse(), notes: [])
  }
  public func snapshot() -> Snapshot { Snapshot() }
  public func setConcurrency(_ lanes: Int) {}
  public func setPaused(_ paused: Bool) {}
  public func stop(_ how: LoadStop) {}
}
