internal import ToolSupport

extension RunReport {
  /// The run that this report is about, as far as a report tells it: the counts, the distributions and the evidence are all
  /// there, of the plan only what `options` does not repeat. A report made of it is the same report.
  ///
  /// - Parameter name: of the file, for messages.
  /// - Throws: `usage` when the report contradicts itself or holds names that this version does not know.
  func result(name: String) throws(ToolFailure) -> RunResult {
    do throws(Unreadable) {
      try refuseImpossible()
      var result = RunResult(
        plan: plan, startedAt: try startSeconds(), durationSeconds: durationSeconds, interrupted: interrupted,
        counters: try counters(), distributions: try distributions(suffix: ""), evidence: try evidenceKept(),
        memory: memory, client: clientUse, notes: notes)
      if histograms.keys.contains(where: { $0.hasSuffix(Self.uncorrected) }) {
        result.uncorrected = try distributions(suffix: Self.uncorrected)
      }
      result.startDelays = try startDelays()
      if let series {
        guard series.isPossible else { throw Unreadable(reason: "series: its samples are not of one run") }
        result.series = series
      }
      result.aborted = aborted.map {
        Abort(expression: $0.threshold, value: $0.value, shown: "", atSeconds: $0.atSeconds)
      }
      return result
    } catch {
      throw .usage("\(OptionText.shown(name)): \(error.reason)")
    }
  }

  /// What in a report is not as this version writes it.
  private struct Unreadable: Error { var reason: String }

  /// Only what a report is made of beside its options.
  private var plan: LoadPlan {
    var plan = LoadPlan(urls: options.urls)
    plan.thresholds = thresholds.compactMap { Threshold.stated($0.expression) }
    if let text = try? StatusList.parse(options.expect.status.joined(separator: ",")) {
      plan.expectations.statuses = text
    }
    plan.pauseLimits.slowStart = .seconds(pauses.slowStartLimitSeconds)
    plan.pauseLimits.silentGap = .seconds(pauses.silentGapLimitSeconds)
    return plan
  }

  private func startSeconds() throws(Unreadable) -> Double {
    guard let seconds = UTCTimestamp.seconds(startedAt) else {
      throw Unreadable(reason: "started_at is no time: \(OptionText.shown(startedAt))")
    }
    return seconds
  }

  /// Numbers that no run can have, which arithmetic further on must not meet.
  private func refuseImpossible() throws(Unreadable) {
    let environments = instances.compactMap(\.environment)
    let counts =
      [
        totals.streams, totals.ok, totals.failed, totals.cutByDeadline, arrivals.late, arrivals.dropped, client.threads,
        targetMemory.sampleCount,
      ] + environments.flatMap(\.counts)
    let amounts: [Int64] =
      [
        totals.bytesWire, totals.bytesDecoded, targetMemory.rssBytes ?? 0, targetMemory.rssPeakBytes ?? 0,
        client.rssPeakBytes,
      ] + instances.map(\.rssPeakBytes) + environments.compactMap(\.memoryLimitBytes)
    guard counts.allSatisfy({ (0...Self.largestCount).contains($0) }),
      amounts.allSatisfy({ (0...Self.largestAmount).contains($0) }),
      [durationSeconds, client.cpuSeconds].allSatisfy({ (0...Self.longest).contains($0) })
    else { throw Unreadable(reason: "a count, an amount of bytes or a time is beyond what a run can have") }
    let parts = [totals.ok, totals.failed, totals.cutByDeadline]
    guard parts.reduce(0, +) == totals.streams else {
      throw Unreadable(reason: "totals do not add up: streams must be ok + failed + cut_by_deadline")
    }
    let maps = [status, protocols, transport, gzip, validation, missedExpectations] + httpCauses.values
    let waits = [pauses.slowStarts, pauses.silentGaps, pauses.stalled]
    guard maps.allSatisfy({ $0.values.allSatisfy { (0...totals.streams).contains($0) } }),
      waits.allSatisfy({ (0...totals.streams).contains($0) }),
      instances.allSatisfy({ (0...totals.streams).contains($0.streams) })
    else { throw Unreadable(reason: "more streams are counted than there are") }
  }

  /// So that ten thousand of them can be added up.
  private static let largestCount = 1 << 48
  private static let largestAmount: Int64 = 1 << 60
  private static let longest = 1e9

  private func counters() throws(Unreadable) -> Counters {
    try refuseUnknownStatuses(status.keys, "status")
    try refuseUnknownStatuses(httpCauses.keys, "http_causes")
    try refuseUnknown(transport, TransportOutcome.self, "transport")
    try refuseUnknown(gzip, Verdict.self, "gzip")
    try refuseUnknown(validation, Treatment.self, "validation")
    for causes in httpCauses.values { try refuseUnknown(causes, FailureCause.self, "http_causes") }
    return Counters(self)
  }

  private func refuseUnknownStatuses(_ names: some Sequence<String>, _ place: String) throws(Unreadable) {
    for name in names where !(Int(name).map((0...999).contains) ?? false) {
      throw Unreadable(reason: "\(place): '\(OptionText.shown(name))' is no status")
    }
  }

  /// What this version does not know would be missing from a sum.
  private func refuseUnknown<Key: RawRepresentable<String>>(
    _ counts: [String: Int], _ type: Key.Type, _ place: String
  ) throws(Unreadable) {
    for name in counts.keys where type.init(rawValue: name) == nil {
      throw Unreadable(reason: "\(place): '\(OptionText.shown(name))' is not known to this version")
    }
  }

  private func distributions(suffix: String) throws(Unreadable) -> Distributions {
    var out = Distributions()
    for metric in Distributions.Metric.allCases {
      let name = metric.rawValue + suffix
      guard let stored = histograms[name] else { continue }
      guard stored.unit == metric.reportUnit else {
        throw Unreadable(reason: "histograms.\(name): its unit is \(stored.unit.rawValue)")
      }
      do { out.add(metric, try stored.histogram()) } catch {
        throw Unreadable(reason: "histograms.\(name): \(error.reason)")
      }
    }
    return out
  }

  private func startDelays() throws(Unreadable) -> StartDelays? {
    guard let stored = histograms[Self.startDelay] else { return nil }
    do { return StartDelays(try stored.histogram()) } catch {
      throw Unreadable(reason: "histograms.\(Self.startDelay): \(error.reason)")
    }
  }

  private func evidenceKept() throws(Unreadable) -> [Evidence] {
    var out: [Evidence] = []
    for entry in evidence {
      guard let head = Base64.decode(entry.bodyHeadBase64),
        let tail = ByteText.bytes(hexadecimal: entry.bodyTailHex)
      else { throw Unreadable(reason: "evidence: the bytes of stream \(entry.stream) cannot be read") }
      out.append(
        Evidence(
          stream: entry.stream, url: entry.url, outcome: entry.outcome,
          cause: entry.cause.flatMap(FailureCause.init(rawValue:)), status: entry.status ?? 0,
          headers: entry.headers.map { ResponseHead.Field(name: $0.name, value: $0.value) }, bodyHead: head,
          bodyTail: tail, advice: entry.advice))
    }
    return out
  }

  private var memory: TargetMemory {
    var memory = TargetMemory()
    if targetMemory.rssBytes != nil || targetMemory.rssPeakBytes != nil {
      memory.source = targetMemory.source
    } else if targetMemory.source != Memory.unavailable, targetMemory.source.hasPrefix(Memory.unavailableMark) {
      memory.unavailableReason = String(targetMemory.source.dropFirst(Memory.unavailableMark.count))
    }
    memory.rssBytes = targetMemory.rssBytes
    memory.rssPeakBytes = targetMemory.rssPeakBytes
    memory.sampleCount = targetMemory.sampleCount
    for instance in instances { memory.instances[instance.id] = instance.use }
    return memory
  }

  private var clientUse: ClientUse {
    var use = ClientUse()
    use.cpuSeconds = client.cpuSeconds
    use.busyFraction = client.busyFraction
    use.rssPeakBytes = client.rssPeakBytes
    use.threads = client.threads
    return use
  }
}

extension Threshold {
  /// The condition that an expression in a report stands for; nil where it is none that this version knows.
  static func stated(_ expression: String) -> Threshold? { try? parse(expression) }
}
