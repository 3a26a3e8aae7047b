extension TargetStats {
  /// Kinds of failure that are told apart: gzlambda's limit, and all of gzproxy's.
  private static let kinds = 100
  /// Of the name of a kind, which a runtime may choose: characters.
  private static let nameLength = 60

  /// The target's own counts since it started.
  func fill(_ snapshot: inout Snapshot, _ watch: inout WatchFacts) {
    snapshot.active = active
    snapshot.concurrency = max(active, concurrency ?? 0)
    snapshot.counters.streams = ended
    snapshot.counters.failed = failed
    snapshot.counters.bytesWire = max(0, bytesOutTotal ?? 0)
    watch.tellsBytes = bytesOutTotal != nil
    watch.limit = concurrency
    watch.failures = invocationsTotal == nil ? failuresOfStreams : failuresOfInvocations
    watch.failures.sort { ($1.count, $0.name) < ($0.count, $1.name) }
    watch.failures = Array(watch.failures.prefix(Self.kinds))
  }

  /// Streams or invocations under way.
  var active: Int { max(0, activeStreams ?? activeInvocations ?? 0) }

  /// Streams that are over: both count those under way among their total. What a function was too busy for is no invocation, but
  /// somebody's request.
  var ended: Int {
    Self.sum(max(0, max(0, streamsTotal ?? invocationsTotal ?? 0) &- active), throttledTotal ?? 0)
  }

  /// An upstream that failed in the middle of a body is among a proxy's incomplete streams and its upstream's errors.
  var failed: Int {
    guard invocationsTotal == nil else { return min(ended, Self.sum(failuresTotal ?? 0, throttledTotal ?? 0)) }
    return min(ended, max(incomplete, upstreamFailures))
  }

  private var incomplete: Int { max(0, incompleteTotal ?? 0) }

  private var upstreamFailures: Int { (upstreamErrors ?? [:]).values.reduce(0, Self.sum) }

  private var failuresOfStreams: [WatchFacts.Failure] {
    var found: [String: WatchFacts.Failure] = [:]
    for (token, count) in (upstreamErrors ?? [:]).sorted(by: { $0.key < $1.key }) where count > 0 {
      let token = Self.shown(token)
      let cause = ProxyStatusRule.cause(token: token).flatMap { $0 == .unknown ? nil : $0 }
      let name = cause?.rawValue ?? token
      if let known = found[name] {
        found[name]?.count = Self.sum(known.count, count)
      } else {
        let advice = Advice.text(cause: cause ?? .unknown)
        found[name] = WatchFacts.Failure(name, count: count, advice: "the proxy says \(token): \(advice)")
      }
    }
    // What is left of the incomplete ones the proxy cut by itself.
    let cut = incomplete &- min(incomplete, upstreamFailures)
    if cut > 0 { found["cut"] = WatchFacts.Failure("cut", count: cut, advice: Self.cutAdvice) }
    return Array(found.values)
  }

  private var failuresOfInvocations: [WatchFacts.Failure] {
    var found: [WatchFacts.Failure] = []
    func add(_ name: String, _ count: Int, _ cause: FailureCause) {
      guard count > 0 else { return }
      found.append(WatchFacts.Failure(name, count: count, advice: Advice.text(cause: cause)))
    }
    add(FailureCause.throttled.rawValue, throttledTotal ?? 0, .throttled)
    guard let failures, !failures.isEmpty else {
      let (all, late) = (max(0, failuresTotal ?? 0), max(0, timeoutsTotal ?? 0))
      add(FailureCause.functionTimeout.rawValue, late, .functionTimeout)
      add(FailureCause.functionError.rawValue, all &- min(all, late), .functionError)
      return found
    }
    for (type, count) in failures {
      add(Self.shown(type), count, type == "Sandbox.Timedout" ? .functionTimeout : .functionError)
    }
    return found
  }

  /// Of counts, which others tell: none is below 0, and there is no overflow.
  private static func sum(_ one: Int, _ other: Int) -> Int {
    let (sum, isOver) = max(0, one).addingReportingOverflow(max(0, other))
    return isOver ? .max : sum
  }

  private static func shown(_ name: String) -> String { OptionText.shown(String(name.unicodeScalars.prefix(nameLength))) }

  private static let cutAdvice =
    "responses that the proxy cut behind their head for reasons of its own, such as its shutdown; see its access log"

  /// Whether this one was told by another process than `earlier`, or by one that counts anew.
  func isRestart(after earlier: TargetStats) -> Bool {
    if let instance, let before = earlier.instance, instance != before { return true }
    if let uptimeSeconds, let before = earlier.uptimeSeconds, uptimeSeconds < before { return true }
    func fell<Number: Comparable>(_ now: Number?, _ before: Number?) -> Bool {
      guard let now, let before else { return false }
      return now < before
    }
    return fell(streamsTotal, earlier.streamsTotal) || fell(bytesOutTotal, earlier.bytesOutTotal)
      || fell(invocationsTotal, earlier.invocationsTotal)
  }
}
