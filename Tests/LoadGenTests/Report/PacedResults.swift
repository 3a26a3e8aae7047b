import ToolSupport

@testable import LoadGen

extension SampleResults {
  /// One of each load model that plans, with everything that surrounds it.
  static var paced: [RunResult] {
    let stages = [LoadStage(duration: .seconds(30), target: 100), LoadStage(duration: .seconds(1.5), target: 0)]
    let models: [ArrivalPlan] = [
      .lanes(stages), .rate(start: 2.5, stages: stages), .rate(start: 100, stages: []),
      .bursts(count: 50, every: .seconds(0.25)),
    ]
    return models.map { model in
      var result = failed
      result.plan.arrivals = model
      result.plan.warmUp = .seconds(5)
      result.plan.shard = Shard(index: 2, count: 8)
      result.plan.startAt = 1_795_341_600.25
      result.plan.correctsLatency = false
      guard model.isOpen else { return result }
      var delays = StartDelays()
      for delay: Int64 in [0, 1_000_000, 20_000_000] { delays.record(nanoseconds: delay) }
      result.startDelays = delays
      result.counters.late = 1
      result.counters.dropped = 3
      return result
    }
  }
}
