/// What a run says to Prometheus, while it goes on (of a `Snapshot`) and when it is over (of a `RunReport`). Pure.
///
/// Labels come from closed enums, status codes, the command line, and the ids of at most `maximumInstances` instances: the
/// number of series is bounded.
struct PrometheusFigures {
  static let maximumInstances = 100

  var counters: Counters
  /// Nil while nobody keeps them.
  var distributions: Distributions?
  var memory: TargetMemory
  var client: ClientUse
  var elapsedSeconds: Double
  var isRunning: Bool
  var active: Int
  var lanes: Int
  /// Judged when the run is over.
  var thresholds: [RunReport.ThresholdEntry] = []
  /// Of every sample.
  var labels: PrometheusText.Labels = []

  init(_ snapshot: Snapshot) {
    counters = snapshot.counters
    distributions = snapshot.distributions
    memory = snapshot.memory
    client = snapshot.client
    elapsedSeconds = snapshot.elapsedSeconds
    isRunning = snapshot.phase != .finished
    active = snapshot.active
    lanes = snapshot.concurrency
  }

  init(_ report: RunReport) {
    counters = Counters(report)
    distributions = report.distributions
    memory = TargetMemory()
    memory.rssBytes = report.targetMemory.rssBytes
    memory.rssPeakBytes = report.targetMemory.rssPeakBytes
    memory.sampleCount = report.targetMemory.sampleCount
    for instance in report.instances { memory.instances[instance.id] = instance.use }
    client = ClientUse()
    (client.cpuSeconds, client.busyFraction) = (report.client.cpuSeconds, report.client.busyFraction)
    (client.rssPeakBytes, client.threads) = (report.client.rssPeakBytes, report.client.threads)
    elapsedSeconds = report.durationSeconds
    isRunning = false
    active = 0
    lanes = report.options.concurrency
    thresholds = report.thresholds
  }

  /// The whole document.
  func text() -> String {
    var out = PrometheusText(labels: labels)
    writeRun(&out)
    writeStreams(&out)
    writeTimes(&out)
    writeTarget(&out)
    writeClient(&out)
    return out.text
  }

  private func writeRun(_ out: inout PrometheusText) {
    out.single("gzload_running", .gauge, "1 while the run goes on, 0 when it is over.", isRunning ? 1 : 0)
    out.single("gzload_elapsed_seconds", .gauge, "Of the run.", elapsedSeconds)
    out.single("gzload_lanes", .gauge, "Streams that may run at once.", Double(lanes))
    out.single("gzload_active_streams", .gauge, "Streams in flight.", Double(active))
    out.family(
      "gzload_threshold_passed", .gauge, "1 for a condition that held, 0 for one that did not.",
      thresholds.map { ([("threshold", $0.expression)], $0.passed ? 1 : 0) })
    out.family(
      "gzload_threshold_value", .gauge, "What was measured, in seconds, bytes, bytes a second or as a plain number.",
      thresholds.compactMap { entry in entry.value.map { ([("threshold", entry.expression)], $0) } })
  }

  private func writeStreams(_ out: inout PrometheusText) {
    let results = [("ok", counters.ok), ("failed", counters.failed), ("cut_by_deadline", counters.cutByDeadline)]
    out.family("gzload_streams_total", .counter, "Ended streams.", Self.samples("result", results))
    let statuses = counters.status.sorted { $0.key < $1.key }.map { ($0.key == 0 ? "none" : String($0.key), $0.value) }
    out.family("gzload_responses_total", .counter, "Ended streams by status.", Self.samples("status", statuses))
    out.family(
      "gzload_protocols_total", .counter, "Ended streams with a response by protocol.",
      Self.samples("protocol", counters.protocols.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    out.family(
      "gzload_transport_total", .counter, "Ended streams by how their transport ended.",
      Self.samples("outcome", TransportOutcome.allCases.map { ($0.rawValue, counters.transport[$0]) }))
    out.family(
      "gzload_gzip_verdicts_total", .counter, "Ended streams by what their body proved to be.",
      Self.samples("verdict", Verdict.allCases.map { ($0.rawValue, counters.verdicts[$0]) }))
    out.family(
      "gzload_validated_total", .counter, "Ended streams by what their body got.",
      Self.samples("treatment", Treatment.allCases.map { ($0.rawValue, counters.treatments[$0]) }))
    out.family("gzload_http_causes_total", .counter, "Answers with status 400 and above by their cause.", causes)
    out.family(
      "gzload_missed_expectations_total", .counter, "Streams that missed what an --expect option asks.",
      Self.samples("expectation", counters.missedExpectations.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
    let waits = [
      ("slow_start", counters.pauses.slowStarts), ("silent_gap", counters.pauses.silentGaps),
      ("stalled", counters.pauses.stalled),
    ]
    out.family(
      "gzload_long_waits_total", .counter, "Ended streams that were kept waiting beyond a limit, by kind.",
      Self.samples("kind", waits))
    out.single("gzload_late_arrivals_total", .counter, "Streams that began later than planned.", Double(counters.late))
    out.single(
      "gzload_dropped_arrivals_total", .counter, "Planned streams that never began.", Double(counters.dropped))
    out.single("gzload_wire_bytes_total", .counter, "Body bytes as they arrived.", Double(counters.bytesWire))
    out.single("gzload_decoded_bytes_total", .counter, "Body bytes after inflating.", Double(counters.bytesDecoded))
  }

  private var causes: [(labels: PrometheusText.Labels, value: Double)] {
    counters.causes.sorted { $0.key < $1.key }.flatMap { status, causes in
      causes.counted.map { ([("status", String(status)), ("cause", $0.key.rawValue)], Double($0.count)) }
    }
  }

  private func writeTimes(_ out: inout PrometheusText) {
    out.histogram("gzload_ttfb_seconds", "First body byte, of whole streams.", counters.ttfbBuckets)
    out.histogram("gzload_ttlb_seconds", "Last byte, of whole streams.", counters.ttlbBuckets)
    func summary(_ metric: Distributions.Metric) -> Summary? {
      Summary(distributions?.histogram(metric), scale: metric == .throughput ? 1 : 1e-6)
    }
    out.summary("gzload_ttfh_seconds", "Response head, of whole streams.", summary(.ttfh))
    out.summary("gzload_gap_max_seconds", "Longest silence inside a body, of whole streams.", summary(.gapMax))
    out.summary("gzload_dns_seconds", "Resolving a name, of new connections.", summary(.dns))
    out.summary("gzload_connect_seconds", "Connecting, of new connections.", summary(.connect))
    out.summary("gzload_tls_seconds", "TLS handshakes, of new connections.", summary(.tls))
    out.summary(
      "gzload_stream_throughput_bytes_per_second", "Of single streams, waiting included.", summary(.throughput))
  }

  private func writeTarget(_ out: inout PrometheusText) {
    out.single(
      "gzload_target_resident_memory_bytes", .gauge, "The target's resident memory; absent when nobody says it.",
      memory.rssBytes.map(Double.init))
    out.single(
      "gzload_target_resident_memory_peak_bytes", .gauge, "The most that it was seen to be.",
      memory.rssPeakBytes.map(Double.init))
    let instances = shownInstances.sorted { $0.key < $1.key }.prefix(Self.maximumInstances)
    out.family(
      "gzload_instance_streams_total", .counter, "Streams by the instance that answered.",
      // Of an environment's work its own count tells.
      instances.filter { $0.value.environment == nil }.map { ([("instance", $0.key)], Double($0.value.streams)) })
    out.family(
      "gzload_instance_invocations_total", .counter,
      "Invocations of an environment of a Lambda function, by its own count.",
      instances.compactMap { id, instance in
        instance.environment.map { ([("instance", id)], Double($0.invocations)) }
      })
    out.family(
      "gzload_instance_resident_memory_peak_bytes", .gauge, "The instance's own resident memory at its most.",
      instances.map { ([("instance", $0.key)], Double($0.value.rssPeakBytes)) })
  }

  /// By what can be shown of their ids, which targets choose: two that look the same are one series, or Prometheus would
  /// refuse the whole page.
  private var shownInstances: [String: TargetMemory.Instance] {
    var shown: [String: TargetMemory.Instance] = [:]
    for (id, instance) in memory.instances {
      let name = PrometheusText.shown(id)
      var sum = shown[name] ?? TargetMemory.Instance()
      sum.streams &+= instance.streams
      sum.rssPeakBytes = max(sum.rssPeakBytes, instance.rssPeakBytes)
      sum.environment = instance.environment ?? sum.environment
      shown[name] = sum
    }
    return shown
  }

  private func writeClient(_ out: inout PrometheusText) {
    out.single("gzload_client_cpu_seconds_total", .counter, "Processor time of the tester itself.", client.cpuSeconds)
    out.single(
      "gzload_client_busy_ratio", .gauge, "Share of the time that the tester's busiest thread worked.",
      client.busyFraction)
    out.single(
      "gzload_client_resident_memory_peak_bytes", .gauge, "Of the tester itself.", Double(client.rssPeakBytes))
    out.single("gzload_client_threads", .gauge, "Threads that carry streams.", Double(client.threads))
  }

  /// One for each name as it is shown.
  private static func samples(
    _ label: String, _ pairs: [(String, Int)]
  ) -> [(labels: PrometheusText.Labels, value: Double)] {
    var order: [String] = []
    var sums: [String: Int] = [:]
    for (name, count) in pairs {
      let shown = PrometheusText.shown(name)
      if sums[shown] == nil { order.append(shown) }
      sums[shown, default: 0] &+= count
    }
    return order.map { ([(label, $0)], Double(sums[$0, default: 0])) }
  }
}
