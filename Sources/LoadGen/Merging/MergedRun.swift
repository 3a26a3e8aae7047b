internal import ToolSupport

/// The sum of runs as it grows.
struct MergedRun {
  private var counters = Counters()
  private var distributions = Distributions()
  private var uncorrected: Distributions?
  private var budgets: [String: WeightBudget] = [:]
  private var evidence = EvidenceKeeper()
  private var memory = TargetMemory()
  private var client = ClientUse()
  private var start = Double.infinity
  private var end = -Double.infinity
  private var interrupted = false
  private var sources: [String] = []
  /// By their text, in the order they came: who has it.
  private var notes: [(text: String, of: [String])] = []
  private var startDelays: StartDelays?
  private var delayBudget = WeightBudget()
  private var series: [(start: Double, series: TimeSeries)] = []
  private var aborted: Abort?
  private var count = 0

  /// - Throws: `usage` when the sum would be past what 64 bits hold.
  mutating func add(_ run: RunResult, _ item: NamedReport, all: [NamedReport]) throws(ToolFailure) {
    count += 1
    try take(run.distributions, "", item)
    if let other = run.uncorrected { try take(other, RunReport.uncorrected, item) }
    counters.add(run.counters)
    distributions.merge(run.distributions)
    if let other = run.uncorrected {
      uncorrected = uncorrected ?? Distributions()
      uncorrected?.merge(other)
    }
    if let delays = run.startDelays {
      guard delayBudget.take(delays.histogram) else {
        throw .usage(
          "\(item.name): histograms.\(RunReport.startDelay): with the others it is more than can be added up")
      }
      startDelays = startDelays ?? StartDelays()
      startDelays?.merge(delays)
    }
    if !run.series.samples.isEmpty { series.append((run.startedAt, run.series)) }
    aborted = aborted ?? run.aborted
    var pieces = EvidenceKeeper()
    for piece in run.evidence { pieces.keep(piece) }
    evidence.merge(pieces)
    interrupted = interrupted || run.interrupted
    // The last figure is that of the run that ended last.
    add(run.memory, isLatest: run.startedAt + run.durationSeconds >= end)
    start = min(start, run.startedAt)
    end = max(end, run.startedAt + run.durationSeconds)
    client.cpuSeconds += run.client.cpuSeconds
    client.busyFraction = max(client.busyFraction, run.client.busyFraction)
    client.rssPeakBytes = max(client.rssPeakBytes, run.client.rssPeakBytes)
    client.threads &+= run.client.threads
    for note in run.notes { add(note, of: item.report.options.shard ?? item.name) }
  }

  /// - Parameter notes: of the merge itself; they come first.
  func result(plan: LoadPlan, notes own: [String]) -> RunResult {
    var result = RunResult(
      plan: plan, startedAt: start, durationSeconds: max(0, end - start), interrupted: interrupted,
      counters: counters, distributions: distributions, evidence: evidence.all, memory: memory, client: client,
      notes: own + notes.map { $0.of.count == count ? $0.text : "\(Self.names($0.of)): \($0.text)" })
    result.uncorrected = uncorrected
    result.startDelays = startDelays
    result.series = TimeSeries(adding: series.map { ($0.start - start, $0.series) })
    result.aborted = aborted
    result.memory.source = sources.isEmpty ? nil : sources.joined(separator: "; ")
    return result
  }

  private mutating func take(
    _ distributions: Distributions, _ suffix: String, _ item: NamedReport
  ) throws(ToolFailure) {
    for metric in Distributions.Metric.allCases {
      guard let histogram = distributions.histogram(metric) else { continue }
      let name = metric.rawValue + suffix
      guard budgets[name, default: WeightBudget()].take(histogram) else {
        throw .usage("\(item.name): histograms.\(name): with the others it is more than can be added up")
      }
    }
  }

  private mutating func add(_ other: TargetMemory, isLatest: Bool) {
    if let source = other.source, !sources.contains(source) { sources.append(source) }
    // Shown only where none of them had a figure.
    memory.unavailableReason = memory.unavailableReason ?? other.unavailableReason
    if isLatest, let rss = other.rssBytes { memory.rssBytes = rss }
    memory.rssBytes = memory.rssBytes ?? other.rssBytes
    memory.rssPeakBytes = [memory.rssPeakBytes, other.rssPeakBytes].compactMap { $0 }.max()
    memory.sampleCount &+= other.sampleCount
    for (id, instance) in other.instances {
      var mine = memory.instances[id] ?? TargetMemory.Instance()
      mine.streams &+= instance.streams
      mine.rssBytes = max(mine.rssBytes, instance.rssBytes)
      mine.rssPeakBytes = max(mine.rssPeakBytes, instance.rssPeakBytes)
      // Shards may have watched the same environment: its counts are its own, not theirs.
      if let theirs = instance.environment { mine.environment = mine.environment?.merged(with: theirs) ?? theirs }
      memory.instances[id] = mine
    }
  }

  private mutating func add(_ note: String, of name: String) {
    if let index = notes.firstIndex(where: { $0.text == note }) {
      notes[index].of.append(name)
    } else {
      notes.append((note, [name]))
    }
  }

  private static func names(_ names: [String]) -> String {
    names.prefix(4).joined(separator: ", ") + (names.count > 4 ? " and \(names.count - 4) more" : "")
  }
}
