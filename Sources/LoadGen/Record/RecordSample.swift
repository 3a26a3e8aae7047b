/// The run as a whole at one moment, in a record.
public struct RecordSample: Sendable, Equatable {
  /// Microseconds since the run's start.
  public var at: Int64
  public var phase: Snapshot.Phase
  /// Lanes wanted.
  public var concurrency: Int
  /// Streams in flight.
  public var active: Int
  public var counters: Counters
  /// Without what is held for single streams.
  public var memory: TargetMemory
  public var client: ClientUse

  public init(at: Int64, phase: Snapshot.Phase = .running, counters: Counters = Counters()) {
    self.at = at
    self.phase = phase
    self.counters = counters
    concurrency = 0
    active = 0
    memory = TargetMemory()
    client = ClientUse()
  }

  init(_ snapshot: Snapshot) {
    at = snapshot.elapsedSeconds.microseconds
    phase = snapshot.phase
    concurrency = snapshot.concurrency
    active = snapshot.active
    counters = snapshot.counters
    memory = snapshot.memory
    memory.bufferedByRequest = [:]
    client = snapshot.client.rounded
  }
}

/// The last word of a record: what the report of the run says too.
public struct RecordFinal: Sendable, Equatable {
  public struct Condition: Sendable, Equatable {
    public var expression: String
    public var value: Double?
    public var passed: Bool

    public init(expression: String, value: Double?, passed: Bool) {
      self.expression = expression
      self.value = value
      self.passed = passed
    }
  }

  public var sample: RecordSample
  public var interrupted: Bool
  public var thresholds: [Condition]
  public var notes: [String]

  public init(sample: RecordSample, interrupted: Bool, thresholds: [Condition], notes: [String]) {
    self.sample = sample
    self.interrupted = interrupted
    self.thresholds = thresholds
    self.notes = notes
  }

  init(_ result: RunResult) {
    sample = RecordSample(
      at: (result.countedFromSeconds + result.durationSeconds).microseconds, phase: .finished,
      counters: result.counters)
    sample.concurrency = result.plan.concurrency
    sample.memory = result.memory
    sample.memory.bufferedByRequest = [:]
    sample.client = result.client.rounded
    interrupted = result.interrupted
    notes = result.notes
    thresholds = RunReport.entries(result).map {
      Condition(expression: $0.expression, value: $0.value, passed: $0.passed)
    }
  }
}

extension Double {
  /// Of seconds; 0 for what is no time.
  var microseconds: Int64 { isFinite ? Int64(exactly: (self * 1e6).rounded()) ?? 0 : 0 }
}

extension ClientUse {
  /// As a record and a report show it.
  fileprivate var rounded: ClientUse {
    var use = self
    use.cpuSeconds = Rounding.significant(cpuSeconds)
    use.busyFraction = Rounding.significant(busyFraction)
    use.busyNow = Rounding.significant(busyNow)
    return use
  }
}
