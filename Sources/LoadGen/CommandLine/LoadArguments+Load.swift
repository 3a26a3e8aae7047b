internal import ToolSupport

extension LoadArguments {
  func setLoad(_ plan: inout LoadPlan, _ defaults: LoadDefaults) throws(ToolFailure) {
    plan.arrivals = try arrivals()
    plan.concurrency = try concurrency(plan.arrivals) ?? defaults.concurrency
    plan.streams = try OptionText.value(
      load.streams, "-n", as: StreamCount.self, else: "must be a whole number from 1; write it like 200, 10k or 1m")?
      .value
    plan.duration = try OptionText.duration(load.duration, "-z")
    if plan.streams == nil && plan.runDuration == nil { plan.streams = defaults.streams }
    try setFrame(&plan)
    if let grace = try OptionText.anyDuration(load.grace, "--grace") { plan.grace = grace }
    if let text = load.seed {
      guard let seed = UInt64(text) else {
        throw OptionText.refusal("--seed", text, "must be a whole number from 0 to \(UInt64.max)")
      }
      plan.seed = seed
    }
    plan.threads = try OptionText.integer(load.threads, "--threads", in: 1...Self.maximumThreads)
  }

  /// Which of the load models: at most one of its options says when streams begin.
  private func arrivals() throws(ToolFailure) -> ArrivalPlan {
    if let text = load.burst {
      if load.rate != nil { throw .usage("--burst and -q: both say when streams begin; keep one of them") }
      if load.stages != nil { throw .usage("--burst and --stages: both say when streams begin; keep one of them") }
      return try BurstText.parse(text)
    }
    let rate = try load.rate.map { text throws(ToolFailure) in try RateText.parse(text, option: "-q") }
    if let text = load.stages { return try StageText.parse(text, startRate: rate) }
    return rate.map { .rate(start: $0, stages: []) } ?? .closed
  }

  /// Stages of lanes need as many as they go up to. Nil where nothing says how many.
  private func concurrency(_ arrivals: ArrivalPlan) throws(ToolFailure) -> Int? {
    let typed = try OptionText.integer(load.concurrency, "-c", in: 1...Self.maximumConcurrency)
    guard case .lanes(let stages) = arrivals else { return typed }
    let most = Int(clamping: Int64(stages.map(\.target).max() ?? 1))
    if let typed, typed < most {
      throw .usage("-c \(typed): --stages goes up to \(most) lanes; leave -c out, or raise it")
    }
    return typed ?? most
  }

  /// What surrounds the plan: warm-up, shard, start, and what its times count from.
  private func setFrame(_ plan: inout LoadPlan) throws(ToolFailure) {
    plan.warmUp = try OptionText.duration(load.warmUp, "--warm-up")
    if plan.warmUp != nil, case .rate(0, _) = plan.arrivals {
      throw .usage("--warm-up: these stages begin with no arrivals; give the rate to warm up with by -q")
    }
    if load.noLatencyCorrection {
      guard plan.arrivals.isOpen else {
        throw .usage("--no-latency-correction: without -q, --burst or stages of arrivals nothing is corrected; drop it")
      }
      plan.correctsLatency = false
    }
    if let text = load.shard {
      plan.shard = try ShardText.parse(text)
      try checkShard(plan)
    }
    if let text = load.startAt { plan.startAt = try StartTime.parse(text, now: MonotonicClock.wallSeconds()) }
  }

  /// A part of nothing would end at once, and look like a target that never answered.
  private func checkShard(_ plan: LoadPlan) throws(ToolFailure) {
    guard let shard = plan.shard else { return }
    for (count, option, things) in [(plan.concurrency, "-c", "lane"), (plan.streams ?? .max, "-n", "stream")]
    where shard.count > count {
      throw .usage(
        "--shard \(shard): \(option) \(count) leaves some of the \(shard.count) parts no \(things);"
          + " give at least \(option) \(shard.count)")
    }
  }

  static let maximumConcurrency = 1_000_000
  static let maximumThreads = 256
}
