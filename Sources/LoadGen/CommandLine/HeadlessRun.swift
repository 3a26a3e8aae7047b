internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Sees a run through without a screen: progress on stderr, and signals that end it early.
struct HeadlessRun {
  let output: OutputPlan
  let toolName: String

  func conduct(_ engine: LoadEngine, _ plan: LoadPlan) throws(ToolFailure) -> RunResult {
    let interrupts = InterruptListener()
    let limit = Self.drain(plan)
    try interrupts.start { interrupted($0, engine, limit) }
    try engine.start()
    let terminal = TerminalFacts.of(descriptor: 2)
    let progress =
      output.progress
      ? ProgressPrinter(control: engine, plan: plan, terminal: terminal) { interrupts.count > 0 } : nil
    progress?.start()
    var result = engine.wait()
    progress?.stop()
    result.interrupted = result.interrupted || interrupts.count > 0
    return result
  }

  /// The first signal lets running streams end for a moment, the second cuts them; both lead to the partial report.
  ///
  /// Acts first and tells then: who asks for an end must not wait for somebody else to read stderr.
  private func interrupted(_ count: Int, _ engine: LoadEngine, _ limit: TimeSpan) {
    guard count == 1, limit.nanoseconds > 0 else { return engine.stop(.now) }
    engine.stop(.drain)
    PlainThread.detach(name: "drain-limit") {
      poll(nil, 0, Int32(clamping: limit.nanoseconds / 1_000_000))
      engine.stop(.now)
    }
    // The bar's line is left as it is: it is the last thing that was known of the whole run.
    let start = output.progress && TerminalFacts.of(descriptor: 2).redraws ? "\n" : ""
    StandardError.offer(
      "\(start)\(toolName): interrupted; running streams have \(HumanText.duration(limit.seconds)), again to cut them now\n"
    )
  }

  /// How long running streams may go on after a signal: `--grace`, and never more than two seconds, since CI systems kill a
  /// job some seconds after they have asked it to end. The report must be written by then.
  static func drain(_ plan: LoadPlan) -> TimeSpan {
    TimeSpan(nanoseconds: min(plan.grace.nanoseconds, 2_000_000_000))
  }
}
