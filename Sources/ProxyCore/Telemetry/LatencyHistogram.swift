internal import NIOCore

/// A Prometheus histogram of times with fixed buckets. Observing is a handful of comparisons.
struct LatencyHistogram: Sendable, Equatable {
  /// Upper bounds: fine where proxies differ, and far enough for downloads of half an hour.
  static let bounds: [TimeAmount] = [
    .microseconds(500), .milliseconds(1), .microseconds(2500), .milliseconds(5), .milliseconds(10), .milliseconds(25),
    .milliseconds(50), .milliseconds(100), .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2500),
    .seconds(5), .seconds(10), .seconds(30), .seconds(60), .seconds(300), .seconds(1800),
  ]

  /// One a bound and one for what is beyond them; not cumulative.
  private(set) var counts = [Int64](repeating: 0, count: bounds.count + 1)
  private(set) var sumNanoseconds: Int64 = 0

  mutating func observe(_ time: TimeAmount) {
    var index = 0
    while index < Self.bounds.count, time > Self.bounds[index] { index += 1 }
    counts[index] &+= 1
    sumNanoseconds &+= max(0, time.nanoseconds)
  }

  var count: Int64 { counts.reduce(0, &+) }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for index in sum.counts.indices { sum.counts[index] &+= right.counts[index] }
    sum.sumNanoseconds &+= right.sumNanoseconds
    return sum
  }
}
