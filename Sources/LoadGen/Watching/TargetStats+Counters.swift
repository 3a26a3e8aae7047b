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
    watch.failures = failuresByKind
  }

  /// The most frequent first.
  var failuresByKind: [WatchFacts.Failure] {
    let told = invocationsTotal == nil ? failuresOfStreams : failuresOfInvocations
    return Array(told.sorted { ($1.count, $0.name) < ($0.count, $1.name) }.prefix(Self.kinds))
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
        let advice = ProxyStatusRule.advice(token: token) ?? Advice.text(cause: .unknown)
        found[name] = WatchFacts.Failure(name, count: count, advice: "\(advice) (the proxy calls it \(token))")
      }
    }
    // What is left of the incomplete ones the proxy cut by itself.
    let cut = incomplete &- min(incomplete, upstreamFailures)
    if cut > 0 { found["cut"] = WatchFacts.Failure("cut", count: cut, advice: Self.cutAdvice) }
    return Array(found.values)
  }

  private var failuresOfInvocations: [WatchFacts.Failure] {
    var found: [WatchFacts.Failure] = []
    func add(_ name: String, _ count: Int, _ advice: String) {
      if count > 0 { found.append(WatchFacts.Failure(name, count: count, advice: advice)) }
    }
    func add(_ cause: FailureCause, _ count: Int) { add(cause.rawValue, count, Advice.text(cause: cause)) }
    add(.throttled, throttledTotal ?? 0)
    guard let failures, !failures.isEmpty else {
      let (all, late) = (max(0, failuresTotal ?? 0), max(0, timeoutsTotal ?? 0))
      add(.functionTimeout, late)
      add(.functionError, all &- min(all, late))
      return found
    }
    for (type, count) in failures { add(Self.shown(type), count, Self.advice(type: type)) }
    return found
  }

  /// The front's own types; all others are the runtime's, and mean what it likes.
  private static func advice(type: String) -> String {
    switch type {
    case "Sandbox.Timedout": Advice.text(cause: .functionTimeout)
    case "Function.InvocationDeadline": FrontAdvice.invocationDeadline
    case "Runtime.ExitError": "the runtime's process ended amid an invocation; see the last lines of its log"
    case "Runtime.OutOfMemory": "the runtime was killed for its memory; raise the function's, or see what holds it"
    default: "so the function's runtime calls it; its log has a line of each, with the request id"
    }
  }

  /// Of counts, which others tell: none is below 0, and there is no overflow.
  private static func sum(_ one: Int, _ other: Int) -> Int {
    max(0, one).saturatingAdd(max(0, other))
  }

  private static func shown(_ name: String) -> String {
    OptionText.shown(String(name.unicodeScalars.prefix(nameLength)))
  }

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
