public import ToolSupport

extension RunReport {
  /// The exit code of the run. A run that was interrupted says so before anything else: whatever its part of
  /// the streams proved, the rest was never tried.
  public var exit: ToolExit {
    if interrupted { return .interrupted }
    if noResponseReason != nil || unfinishedReason != nil { return .couldNotRun }
    if aborted != nil || thresholds.contains(where: { !$0.passed }) || !missedExpectations.isEmpty {
      return .thresholdFailed
    }
    return .passed
  }

  /// Streams that got any response.
  var responses: Int { totals.streams - status["0", default: 0] }

  /// One line for stderr when no stream ever got a response; nil when one did, also before statistics were reset.
  public var noResponseReason: String? {
    guard responses == 0, answersBefore == 0 else { return nil }
    guard totals.streams > 0 else { return notes.first { $0.hasPrefix("--start-at ") } ?? "no stream was started" }
    let most = transportOrder.max { $0.count < $1.count }?.name ?? "unknown"
    var hosts: [String] = []
    for url in options.urls {
      let host = TargetURL.authority(url)
      if !hosts.contains(host) { hosts.append(host) }
    }
    let others = hosts.count > 1 ? " and \(hosts.count - 1) more" : ""
    let advice = evidence.first { $0.outcome.hasPrefix(most) }?.advice ?? ""
    return "no stream got a response from \(hosts.first ?? "the target")\(others): \(most)"
      + (advice.isEmpty ? Self.explanation(most) : " (\(advice))")
  }

  /// One line for stderr when a planned run ended with not one stream over: nothing passed, and nothing failed either.
  public var unfinishedReason: String? {
    guard totals.ok == 0, totals.failed == 0, totals.cutByDeadline > 0, !interrupted,
      options.streams != nil || options.durationSeconds != nil
    else { return nil }
    return "no stream ended before the run did (\(totals.cutByDeadline) were cut): give it longer with -z or --grace"
  }

  /// One line for stderr when bodies came and not one of them was judged as gzip, so that no verdict says anything; nil
  /// otherwise, and where nobody asked for verdicts.
  public var unprovenReason: String? {
    guard ["full", "compare"].contains(options.validate), options.method != "HEAD" else { return nil }
    let wanted = status.filter { Int($0.key).map((200..<400).contains) ?? false }.values.reduce(0, +)
    let unproven: Set<String> = [Verdict.unchecked.rawValue, Verdict.decodedOnTheWay.rawValue]
    guard wanted > 0, gzip.keys.allSatisfy(unproven.contains) else { return nil }
    let more = options.urls.count > 1 ? " and \(options.urls.count - 1) more" : ""
    let target = (options.urls.first.map(OptionText.shown) ?? "the target") + more
    let changed = SteeringNotes.validationChanged
    guard !notes.contains(where: { $0.hasPrefix(changed) }) else {
      return "\(target): no body was found to be gzip, and nothing is proven of them: \(changed)"
    }
    return "\(target): no answer was gzip, so nothing is proven of its bodies"
      + (options.expect.gzip ? "" : "; --expect gzip makes that a failure")
  }

  private static func explanation(_ outcome: String) -> String {
    switch TransportOutcome(rawValue: outcome) {
    case .dnsFailed: " (the name does not resolve; check its spelling)"
    case .connectFailed: " (nothing accepts connections there; check host and port, and that the server runs)"
    case .tlsFailed: " (no TLS session; for a self-signed certificate use -k)"
    case .timeout: " (--max-time passed before the response began)"
    case .stalled: " (silent for --stall-timeout)"
    case .cutByDeadline: " (the run was over before any response began; give it longer, or --grace)"
    default: ""
    }
  }
}
