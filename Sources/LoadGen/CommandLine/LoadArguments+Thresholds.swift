internal import ToolSupport

extension LoadArguments {
  func setThresholds(_ plan: inout LoadPlan) throws(ToolFailure) {
    var given: [Threshold] = []
    for text in judging.thresholds {
      let threshold = try Threshold.parse(text)
      try refuseUnmeasured(threshold, text, plan)
      if !given.contains(threshold) { given.append(threshold) }
    }
    plan.thresholds = judging.noDefaultThresholds ? given : Threshold.withImplicit(given)
    plan.abort = try abortRule(plan)
    if plan.abort != nil, ThresholdGuard.needsDistributions(plan.thresholds) { plan.publishesDistributions = true }
  }

  /// What this run can never measure would fail at its end, or pass for nothing: said before it starts.
  private func refuseUnmeasured(_ threshold: Threshold, _ text: String, _ plan: LoadPlan) throws(ToolFailure) {
    switch threshold.metric {
    case .dropped, .late:
      guard !plan.arrivals.isOpen else { return }
      throw OptionText.refusal(
        "--threshold", text, "without planned arrivals no stream is late or dropped; add -q RATE, or drop it")
    case .gzipInvalid:
      guard !plan.validation.inflates else { return }
      throw OptionText.refusal(
        "--threshold", text, "--validate \(plan.validation.rawValue) judges no gzip; use full or compare")
    case .distribution(.ttfb), .distribution(.gapMax), .distribution(.throughput), .silentGap:
      guard plan.method == "HEAD" else { return }
      throw OptionText.refusal("--threshold", text, "the answer to a HEAD has no body; see stream_ttfh and stream_ttlb")
    default: return
    }
  }

  private func abortRule(_ plan: LoadPlan) throws(ToolFailure) -> AbortRule? {
    guard judging.abortOnFail else {
      for (option, value) in [
        ("--abort-delay", judging.abortDelay), ("--abort-min-streams", judging.abortMinimumStreams),
      ] where value != nil {
        throw .usage("\(option): only with --abort-on-fail")
      }
      return nil
    }
    guard !plan.thresholds.isEmpty else {
      throw .usage("--abort-on-fail: there is no threshold; give one, or drop --no-default-thresholds")
    }
    var rule = AbortRule()
    if let delay = try OptionText.anyDuration(judging.abortDelay, "--abort-delay") { rule.delay = delay }
    if let count = try OptionText.value(
      judging.abortMinimumStreams, "--abort-min-streams", as: StreamCount.self,
      else: "must be a whole number from 1; write it like 100 or 10k")
    {
      rule.minimumStreams = count.value
    }
    return rule
  }
}
