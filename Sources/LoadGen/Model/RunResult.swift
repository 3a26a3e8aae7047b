/// A finished run, before it becomes a report.
public struct RunResult: Sendable {
  public var plan: LoadPlan
  /// Seconds since 1970.
  public var startedAt: Double
  public var durationSeconds: Double
  /// How long the run had lasted when statistics were last reset: everything here is of what came after, times and dates too.
  public var countedFromSeconds: Double = 0
  /// Responses that streams had got by then.
  var answersBefore = 0
  /// Ended by a person or a signal before the plan was done.
  public var interrupted: Bool
  public var counters: Counters
  public var distributions: Distributions
  /// Of an open model whose times count from the plan: the same times from the real start.
  public var uncorrected: Distributions?
  /// Of an open model: how long after their planned times streams began.
  public var startDelays: StartDelays?
  public var evidence: [Evidence]
  public var memory: TargetMemory
  public var client: ClientUse
  /// Ended early by a threshold; never `interrupted` for that.
  public var aborted: Abort?
  /// The run over time; without samples when nobody followed it.
  public var series = TimeSeries()
  /// One line each: proxy variables ignored, bodies that differ each time, the tester was the limit.
  public var notes: [String]

  public init(
    plan: LoadPlan, startedAt: Double, durationSeconds: Double, interrupted: Bool, counters: Counters,
    distributions: Distributions, evidence: [Evidence], memory: TargetMemory, client: ClientUse, notes: [String]
  ) {
    self.plan = plan
    self.startedAt = startedAt
    self.durationSeconds = durationSeconds
    self.interrupted = interrupted
    self.counters = counters
    self.distributions = distributions
    self.evidence = evidence
    self.memory = memory
    self.client = client
    self.notes = notes
  }
}
