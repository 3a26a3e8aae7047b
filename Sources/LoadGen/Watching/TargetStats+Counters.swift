extension TargetStats {
  /// The target's own counts since it started, as a run counts: what it does not tell is 0.
  var counters: Counters {
    var counters = Counters()
    if invocationsTotal != nil { countInvocations(into: &counters) } else { countStreams(into: &counters) }
    return counters
  }

  /// Streams or invocations under way.
  var active: Int { max(0, activeStreams ?? activeInvocations ?? 0) }

  /// Of a proxy, ended streams: it counts those under way among its total.
  private func countStreams(into counters: inout Counters) {
    counters.streams = max(0, max(0, streamsTotal ?? 0) &- active)
    counters.bytesWire = max(0, bytesOutTotal ?? 0)
    let incomplete = min(counters.streams, max(0, incompleteTotal ?? 0))
    if incomplete > 0 { counters.transport[.cut] = incomplete }
    var errors = 0
    for (token, count) in upstreamErrors ?? [:] where count > 0 {
      let cause = ProxyStatusRule.cause(token: token) ?? .unknown
      add(count, cause, status: Self.status(of: cause), to: &counters)
      errors = errors.addingReportingOverflow(count).overflow ? .max : errors &+ count
    }
    // An upstream that failed in the middle of a body is among both.
    counters.failed = min(counters.streams, max(incomplete, errors))
    counters.ok = counters.streams &- counters.failed
  }

  private func countInvocations(into counters: inout Counters) {
    let throttled = max(0, throttledTotal ?? 0)
    let timeouts = max(0, timeoutsTotal ?? 0)
    let failures = max(0, failuresTotal ?? 0)
    counters.streams = max(0, (invocationsTotal ?? 0) &- active)
    counters.failed = min(counters.streams, failures)
    counters.ok = counters.streams &- counters.failed
    add(throttled, .throttled, status: 429, to: &counters)
    add(timeouts, .functionTimeout, status: 504, to: &counters)
    add(failures &- min(failures, timeouts), .functionError, status: 502, to: &counters)
  }

  private func add(_ count: Int, _ cause: FailureCause, status: Int, to counters: inout Counters) {
    guard count > 0 else { return }
    counters.causes[status, default: EnumCounts()][cause] &+= count
    counters.status[status, default: 0] &+= count
  }

  /// What a proxy answers with such a cause, unless the response had begun.
  private static func status(of cause: FailureCause) -> Int {
    switch cause {
    case .upstreamTimeout, .functionTimeout, .gatewayTimeout: 504
    case .proxyOverloaded: 503
    case .proxyPolicy: 403
    default: 502
    }
  }

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
