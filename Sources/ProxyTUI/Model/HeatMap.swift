internal import LoadGen

/// How many streams took how long, over time: for each of four times a grid of columns, which are stretches of the run, and of
/// the half octaves of `LatencyBuckets`.
///
/// Fixed memory (80 KiB), whatever a run's length: when the columns are full, two become one. A stream costs four additions.
struct HeatMap: Sendable, Equatable {
  static let metrics: [Distributions.Metric] = [.ttfh, .ttfb, .ttlb, .gapMax]
  /// Divides by 2, 3, 4, 6 and 8, which makes fewer of them for a narrow screen.
  static let columns = 96
  static let buckets = LatencyBuckets.bounds.count + 1
  /// Microseconds of a column at first.
  static let firstLength: Int64 = 250_000
  /// What says that it ended later than this (a hundred years) is not believed.
  private static let latest: Int64 = 36_500 * 86_400 * 1_000_000

  /// Microseconds that a column lasts.
  private(set) var columnLength = firstLength
  /// When the first column begins, in microseconds of the run: a whole second. 0 while it is empty.
  private(set) var start: Int64 = 0
  /// Columns up to the last one that a stream ended in.
  private(set) var used = 0
  /// By metric, column and bucket; empty until the first stream has ended.
  private var counts: [UInt32] = []
  /// By metric, the buckets that have any.
  private var spans: [ClosedRange<Int>?] = Array(repeating: nil, count: metrics.count)

  var isEmpty: Bool { used == 0 }

  /// Ended streams of the warm-up do not count.
  mutating func add(_ record: StreamRecord) {
    guard !record.isWarmUp, record.endedAt >= 0, record.endedAt <= Self.latest else { return }
    let times = (record.ttfh, record.ttfb, record.ttlb, record.gapMax)
    guard times != (nil, nil, nil, nil) else { return }
    let column = column(at: record.endedAt)
    add(times.0, metric: 0, column: column)
    add(times.1, metric: 1, column: column)
    add(times.2, metric: 2, column: column)
    add(times.3, metric: 3, column: column)
  }

  /// Buckets of one time that have any stream; nil without any, and for what has no map.
  func span(_ metric: Distributions.Metric) -> ClosedRange<Int>? {
    Self.metrics.firstIndex(of: metric).flatMap { spans[$0] }
  }

  /// Streams of one metric in a part of the map; what is outside of it has none.
  func count(_ metric: Distributions.Metric, columns: Range<Int>, buckets: Range<Int>) -> Int {
    guard !counts.isEmpty, let index = Self.metrics.firstIndex(of: metric) else { return 0 }
    let buckets = buckets.clamped(to: 0..<Self.buckets)
    var sum = 0
    for column in columns.clamped(to: 0..<used) {
      let first = Self.place(index, column)
      for bucket in buckets { sum &+= Int(counts[first + bucket]) }
    }
    return sum
  }

  private static func place(_ metric: Int, _ column: Int) -> Int { (metric * columns + column) * buckets }

  private mutating func column(at time: Int64) -> Int {
    if counts.isEmpty {
      counts = Array(repeating: 0, count: Self.metrics.count * Self.columns * Self.buckets)
      start = time - time % 1_000_000
    }
    // Threads tell of their streams one after the other: what ended a little earlier than the first counts as then.
    let since = max(0, time - start)
    while since / columnLength >= Int64(Self.columns) { halve() }
    let column = Int(since / columnLength)
    used = max(used, column + 1)
    return column
  }

  private mutating func add(_ time: Int64?, metric: Int, column: Int) {
    guard let time else { return }
    let bucket = LatencyBuckets.bucket(of: max(0, time))
    let place = Self.place(metric, column) + bucket
    if counts[place] < .max { counts[place] += 1 }
    let span = spans[metric] ?? bucket...bucket
    spans[metric] = min(span.lowerBound, bucket)...max(span.upperBound, bucket)
  }

  /// Two columns become one.
  private mutating func halve() {
    for metric in Self.metrics.indices {
      for column in 0..<Self.columns {
        let isKept = column < Self.columns / 2
        for bucket in 0..<Self.buckets {
          let sum = isKept ? sum(metric, column * 2, bucket) : 0
          counts[Self.place(metric, column) + bucket] = sum
        }
      }
    }
    used = (used + 1) / 2
    columnLength *= 2
  }

  private func sum(_ metric: Int, _ column: Int, _ bucket: Int) -> UInt32 {
    let (left, right) = (counts[Self.place(metric, column) + bucket], counts[Self.place(metric, column + 1) + bucket])
    let (sum, overflow) = left.addingReportingOverflow(right)
    return overflow ? .max : sum
  }
}
