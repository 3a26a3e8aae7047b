public import ToolSupport

extension LoadArguments {
  /// What the options of a load come to that nobody gave, as `--print-config` shows them. Taken back by `--config` they give
  /// the same plan.
  ///
  /// - Throws: what a run would throw before it starts anything.
  public func standards(
    _ defaults: LoadDefaults, output: OutputArguments
  ) throws(ToolFailure) -> [String: SettingsText.Standard] {
    let plan = try plan(defaults)
    let lab = try labMode(defaults)
    var standards = Self.optional.reduce(into: [:]) { $0[$1] = SettingsText.Standard([]) }
    let isLabPath = lab != nil && target.urls.isEmpty && target.file == nil
    let values: [String: [String]] = [
      "url": isLabPath ? plan.urls : [], "embedded": lab.map { [$0.rawValue] } ?? [],
      "lab-concurrency": try labConcurrency(defaults, plan).map { ["\($0)"] } ?? [],
      "concurrency": ["\(plan.concurrency)"], "streams": plan.streams.map { ["\($0)"] } ?? [],
      "grace": [Self.text(plan.grace)], "seed": ["\(plan.seed)"], "method": [plan.method],
      "streams-per-connection": request.http2 ? ["\(plan.network.streamsPerConnection)"] : [],
      "connect-timeout": [Self.text(plan.connectTimeout)], "stall-timeout": [Self.text(plan.stallTimeout)],
      "validate": [plan.validation.rawValue], "reference-memory": ["\(plan.referenceMemory.bytes >> 20)MiB"],
      "expect-status": [plan.expectations.statuses.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")],
      "slow-start": [Self.text(plan.pauseLimits.slowStart)], "silent-gap": [Self.text(plan.pauseLimits.silentGap)],
      "abort-delay": plan.abort.map { [Self.text($0.delay)] } ?? [],
      "abort-min-streams": plan.abort.map { ["\($0.minimumStreams)"] } ?? [],
      "record-limit": observation.record == nil ? [] : ["\(RecordFile.defaultLimit.bytes >> 20)MiB"],
    ]
    for (key, values) in values { standards[key] = SettingsText.Standard(values, isAside: Self.yielding.contains(key)) }
    let threads = max(1, min(plan.threads ?? ProcessUse.cores, plan.ownConcurrency))
    // Asides: so many threads are this machine's; the implicit thresholds hold beside whatever is given.
    standards["threads"] = SettingsText.Standard(["\(threads)"], isAside: true)
    standards["threshold"] = SettingsText.Standard(plan.thresholds.map(\.expression), isAside: true)
    return standards.merging(try output.standards()) { $1 }
  }

  /// What depends on what else is given: written down as if somebody had meant it, it would stand in the way of a flag that is
  /// added later (200 streams in that of `-z`, GET in that of `-d`).
  private static let yielding: Set<String> = [
    "url", "embedded", "lab-concurrency", "concurrency", "streams", "method",
  ]

  /// What is nothing unless it is given.
  private static let optional = [
    "file", "duration", "rate", "stages", "burst", "warm-up", "shard", "start-at", "header", "data", "data-file",
    "content-type", "accept", "user", "aws-sigv4", "proxy", "cacert", "cert", "key", "unix-socket", "connect-to",
    "resolve",
    "max-time", "expect", "expect-header", "expect-sha256", "expect-length", "expect-sha256-decoded",
    "expect-length-decoded", "watch-pid", "watch-url", "record", "metrics-listen",
  ]

  /// As it can be read back, to the nanosecond.
  private static func text(_ span: TimeSpan) -> String {
    for (unit, size) in [("s", Int64(1_000_000_000)), ("ms", 1_000_000)] where span.nanoseconds % size == 0 {
      return "\(span.nanoseconds / size)\(unit)"
    }
    return "\(span.nanoseconds)ns"
  }
}

extension OutputArguments {
  /// See `LoadArguments.standards`.
  fileprivate func standards() throws(ToolFailure) -> [String: SettingsText.Standard] {
    let plan = try plan()
    let first = plan.reports.first
    // With a format for stdout and no -o, stdout is taken.
    let isMainOnStdout = output == nil && first?.file == nil && !outputFormats.contains { $0.hasSuffix("=-") }
    let main = OutputPlan.Report(format: .text, file: output == "-" ? nil : output)
    return [
      "output": SettingsText.Standard(first != nil && isMainOnStdout ? ["-"] : [], isAside: true),
      "output-format": SettingsText.Standard(
        outputFormats.isEmpty && first == main ? [OutputPlan.Format.text.rawValue] : [], isAside: true),
      "hgrm-metric": SettingsText.Standard(
        plan.reports.contains { $0.format == .hgrm } ? [plan.hgrmMetric.rawValue] : []),
    ]
  }
}
