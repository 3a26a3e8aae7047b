internal import ToolSupport

extension LoadArguments {
  func setLoad(_ plan: inout LoadPlan, _ defaults: LoadDefaults) throws(ToolFailure) {
    plan.concurrency =
      try OptionText.integer(load.concurrency, "-c", in: 1...Self.maximumConcurrency) ?? defaults.concurrency
    plan.streams = try OptionText.value(
      load.streams, "-n", as: StreamCount.self, else: "must be a whole number from 1; write it like 200, 10k or 1m")?
      .value
    plan.duration = try OptionText.duration(load.duration, "-z")
    if plan.streams == nil && plan.duration == nil { plan.streams = defaults.streams }
    if let grace = try OptionText.anyDuration(load.grace, "--grace") { plan.grace = grace }
    if let text = load.seed {
      guard let seed = UInt64(text) else {
        throw OptionText.refusal("--seed", text, "must be a whole number from 0 to \(UInt64.max)")
      }
      plan.seed = seed
    }
    plan.threads = try OptionText.integer(load.threads, "--threads", in: 1...Self.maximumThreads)
  }

  static let maximumConcurrency = 1_000_000
  static let maximumThreads = 256
}
