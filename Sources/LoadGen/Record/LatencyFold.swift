internal import Histogram

/// The times of ended streams, recorded as the engine records them: of the response those that came whole, of the connection
/// every stream that made one. In an open model times count from the plan, unless the run corrected none.
struct LatencyFold: Sendable {
  private var distributions = Distributions()
  private var buckets: [Distributions.Metric: LatencyBuckets] = [:]
  private(set) var isEmpty = true
  /// Whether times of an open model count from the plan.
  let corrects: Bool

  init(corrects: Bool = true) { self.corrects = corrects }

  func buckets(_ metric: Distributions.Metric) -> LatencyBuckets { buckets[metric] ?? LatencyBuckets() }

  mutating func add(_ record: StreamRecord) {
    isEmpty = false
    enter(.dns, record.dns)
    enter(.connect, record.connect)
    enter(.tls, record.tls)
    guard record.transport == .complete else { return }
    let planned = corrects ? record.plannedAt : nil
    let delay = max(0, planned.map { record.startedAt.saturatingAdd(0 &- $0) } ?? 0)
    enter(.ttfh, record.ttfh?.saturatingAdd(delay))
    enter(.ttlb, record.ttlb?.saturatingAdd(delay))
    guard let ttfb = record.ttfb else { return }
    enter(.ttfb, ttfb.saturatingAdd(delay))
    enter(.gapMax, record.gapMax)
    guard let total = record.ttlb, total > 0 else { return }
    enter(.throughput, Int64(exactly: (Double(record.bytesWire) * 1e6 / Double(total)).rounded()) ?? .max)
  }

  /// Takes some milliseconds: to be asked once a second.
  func shapes() -> [Distributions.Metric: RunLatency.Shape] {
    var shapes: [Distributions.Metric: RunLatency.Shape] = [:]
    for metric in Distributions.Metric.allCases {
      guard let histogram = distributions.histogram(metric), histogram.totalCount > 0 else { continue }
      let (low, high) = (Double(histogram.min), Double(histogram.maxRecorded))
      shapes[metric] = RunLatency.Shape(
        count: Int64(clamping: histogram.totalCount), min: Int64(clamping: histogram.min),
        // The histogram's mean is of its buckets' middles, which may lie just outside what was recorded.
        mean: min(max(histogram.mean, low), high), max: Int64(clamping: histogram.maxRecorded),
        percentiles: RunLatency.ranks.map { Int64(clamping: histogram.valueAtPercentile($0)) },
        buckets: buckets(metric))
    }
    return shapes
  }

  private mutating func enter(_ metric: Distributions.Metric, _ value: Int64?) {
    guard let value else { return }
    distributions.record(metric, value)
    buckets[metric, default: LatencyBuckets()].record(value)
  }
}
