extension RunReport {
  /// - Parameter lab: the embedded lab that was the target, if any.
  public init(_ result: RunResult, lab: LabMode? = nil) {
    self.init(result, options: ReportOptions(result.plan, lab: lab))
  }

  /// - Parameter options: the plan as it is repeated, where that is known better than `result.plan` tells.
  init(_ result: RunResult, options: ReportOptions) {
    let counters = result.counters
    let seconds = result.durationSeconds.isFinite ? max(0, result.durationSeconds) : 0
    schema = Self.schemaName
    startedAt = UTCTimestamp.text(result.startedAt)
    durationSeconds = Rounding.significant(seconds)
    interrupted = result.interrupted
    target = result.plan.urls.joined(separator: " ")
    self.options = options
    totals = Totals(
      streams: counters.streams, ok: counters.ok, failed: counters.failed, cutByDeadline: counters.cutByDeadline,
      bytesWire: counters.bytesWire, bytesDecoded: counters.bytesDecoded)
    rate = Rate(
      streamsPerSecond: Self.perSecond(Double(counters.streams), seconds),
      bytesWirePerSecond: Self.perSecond(Double(counters.bytesWire), seconds))
    arrivals = Arrivals(
      planned: counters.streams &+ counters.dropped, late: counters.late, dropped: counters.dropped,
      startDelay: result.startDelays.flatMap(Self.delay))
    status = Self.named(counters.status.map { (String($0.key), $0.value) })
    protocols = counters.protocols.filter { $0.value > 0 }
    transport = Self.named(counters.transport.counted.map { ($0.key.rawValue, $0.count) })
    gzip = Self.named(counters.verdicts.counted.map { ($0.key.rawValue, $0.count) })
    httpCauses = Self.causes(counters)
    validation = Self.named(Treatment.allCases.map { ($0.rawValue, counters.treatments[$0]) }, zeroes: true)
    latencySeconds = Self.latencies(result.distributions)
    latencyUncorrectedSeconds = result.uncorrected.map(Self.latencies)
    distributions = result.distributions
    uncorrected = result.uncorrected
    answersBefore = result.answersBefore
    series = result.series.samples.isEmpty ? nil : result.series
    throughput = Summary(result.distributions.histogram(.throughput), scale: 1)
    histograms = Self.histograms(result)
    targetMemory = Self.memory(result.memory)
    instances = Self.instances(result.memory)
    evidence = result.evidence.map(EvidenceEntry.init)
    thresholds = Self.entries(result)
    aborted = result.aborted.map {
      AbortEntry(
        threshold: $0.expression, value: Self.plain($0.value), atSeconds: Rounding.significant($0.atSeconds))
    }
    pauses = PauseEntry(counters.pauses, limits: result.plan.pauseLimits)
    client = Client(
      cpuSeconds: Rounding.significant(result.client.cpuSeconds),
      busyFraction: min(max(Rounding.significant(result.client.busyFraction), 0), 1),
      rssPeakBytes: result.client.rssPeakBytes, threads: result.client.threads)
    notes = result.notes
    missedExpectations = counters.missedExpectations.filter { $0.value > 0 }
  }

  /// Nil when no stream began.
  private static func delay(_ delays: StartDelays) -> StartDelay? {
    guard delays.count > 0 else { return nil }
    let seconds = { (microseconds: Int64) in Rounding.significant(Double(microseconds) * 1e-6) }
    return StartDelay(
      p50: seconds(delays.percentile(50)), p99: seconds(delays.percentile(99)), max: seconds(delays.longest))
  }

  /// What the run's thresholds came to, in every form in which it is told.
  static func entries(_ result: RunResult) -> [ThresholdEntry] {
    let seconds = result.durationSeconds.isFinite ? max(0, result.durationSeconds) : 0
    let measured = Threshold.Measured(
      counters: result.counters, distributions: result.distributions, memory: result.memory, seconds: seconds)
    return result.plan.thresholds.map { entry($0, measured, aborted: result.aborted) }
  }

  /// The threshold that ended the run has failed, whatever the streams that were still running did to it.
  private static func entry(_ threshold: Threshold, _ measured: Threshold.Measured, aborted: Abort?) -> ThresholdEntry {
    var outcome = threshold.outcome(measured)
    if let aborted, aborted.expression == threshold.expression {
      outcome.value = aborted.value
      outcome.passed = false
    }
    let unit = threshold.unit
    return ThresholdEntry(
      expression: outcome.expression, value: outcome.value.map(Self.plain), passed: outcome.passed,
      metric: threshold.metric.name, unit: unit,
      shown: outcome.value.map(unit.text) ?? "not measured: \(threshold.missingReason)")
  }

  private static func perSecond(_ amount: Double, _ seconds: Double) -> Double {
    seconds > 0 ? Rounding.significant(amount / seconds) : 0
  }

  /// A rate of one in a million million must not be rounded to a 0 that did not pass.
  private static func plain(_ value: Double) -> Double { value.magnitude < 1 ? value : Rounding.significant(value) }

  private static func named(_ pairs: [(String, Int)], zeroes: Bool = false) -> [String: Int] {
    Dictionary(pairs.filter { zeroes || $0.1 > 0 }, uniquingKeysWith: &+)
  }

  private static func causes(_ counters: Counters) -> [String: [String: Int]] {
    var out: [String: [String: Int]] = [:]
    for (status, causes) in counters.causes where causes.total > 0 {
      out[String(status)] = named(causes.counted.map { ($0.key.rawValue, $0.count) })
    }
    return out
  }

  private static func latencies(_ distributions: Distributions) -> [String: Summary] {
    var out: [String: Summary] = [:]
    for metric in Distributions.Metric.allCases where metric != .throughput {
      out[metric.rawValue] = Summary(distributions.histogram(metric), scale: 1e-6)
    }
    return out
  }

  private static func histograms(_ result: RunResult) -> [String: ReportHistogram] {
    var out: [String: ReportHistogram] = [:]
    for metric in Distributions.Metric.allCases {
      out[metric.rawValue] = ReportHistogram(result.distributions.histogram(metric), unit: metric.reportUnit)
      out[metric.rawValue + uncorrected] = ReportHistogram(
        result.uncorrected?.histogram(metric), unit: metric.reportUnit)
    }
    out[startDelay] = ReportHistogram(result.startDelays?.histogram, unit: .microseconds)
    return out
  }

  /// Behind the name of a metric whose times count from the real start.
  static let uncorrected = "_uncorrected"
  /// Of an open model: begin minus plan.
  static let startDelay = "start_delay"

  private static func memory(_ memory: TargetMemory) -> Memory {
    guard let source = memory.source, memory.rssBytes != nil || memory.rssPeakBytes != nil else {
      return Memory(
        source: memory.unavailableReason.map { Memory.unavailableMark + $0 } ?? Memory.unavailable, sampleCount: 0)
    }
    return Memory(
      source: source, rssBytes: memory.rssBytes, rssPeakBytes: memory.rssPeakBytes, sampleCount: memory.sampleCount)
  }

  private static func instances(_ memory: TargetMemory) -> [Instance] {
    memory.instances.sorted { $0.key < $1.key }.map { Instance(id: $0.key, $0.value) }
  }
}

extension Distributions.Metric {
  var reportUnit: ReportHistogram.Unit { self == .throughput ? .bytesPerSecond : .microseconds }
}
