/// How many times fell between fixed bounds: half octaves from 100 µs to over an hour. Coarse (a factor of 1.41) where a
/// histogram is exact, and small enough to be copied ten times a second, so that differences of two copies tell what
/// happened in between. A value of fixed size, whatever is recorded.
public struct LatencyBuckets: Sendable, Equatable {
  /// The buckets' upper ends in microseconds, themselves included, in rising order. The last bucket has no end.
  public static let bounds: [Int64] = (0..<52).map { step in
    let octave = Int64(100) << Int64(step / 2)
    // 1.414214 is the root of two to a millionth.
    return step % 2 == 0 ? octave : (octave &* 1_414_214 &+ 500_000) / 1_000_000
  }

  /// One for each bound, and one for what is beyond the last.
  public private(set) var counts = Self.none
  /// Of everything recorded, in microseconds.
  public private(set) var sum: Int64 = 0

  /// Copies share it until they are changed.
  private static let none = [Int64](repeating: 0, count: bounds.count + 1)

  public init() {}

  /// - Parameter microseconds: negative ones count as 0.
  public mutating func record(_ microseconds: Int64, count: Int64 = 1) {
    let time = max(0, microseconds)
    counts[Self.bucket(of: time)] &+= count
    let product = time.multipliedReportingOverflow(by: count)
    sum = sum.saturatingAdd(product.overflow ? .max : product.partialValue)
  }

  /// The bucket that a time falls into.
  public static func bucket(of microseconds: Int64) -> Int {
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] < microseconds { low = middle + 1 } else { high = middle }
    }
    return low
  }

  public mutating func add(_ other: LatencyBuckets) {
    guard other.total > 0 else { return }
    for index in counts.indices { counts[index] &+= other.counts[index] }
    sum = sum.saturatingAdd(other.sum)
  }

  /// What was recorded since `earlier`, which must be an older copy of the same; never less than nothing.
  public func since(_ earlier: LatencyBuckets) -> LatencyBuckets {
    var out = LatencyBuckets()
    for index in counts.indices { out.counts[index] = max(0, counts[index] &- earlier.counts[index]) }
    out.sum = max(0, sum &- earlier.sum)
    return out
  }

  /// So much of each bucket; of rising fractions, none has less than the one before it.
  func share(_ fraction: Double) -> LatencyBuckets {
    var out = LatencyBuckets()
    for index in counts.indices { out.counts[index] = counts[index].share(fraction) }
    out.sum = sum.share(fraction)
    return out
  }

  public var total: Int64 { counts.reduce(0, &+) }

  /// About the time that `rank` percent (0…100) stayed under, in seconds; evenly spread times within a bucket are assumed.
  /// Nil without any.
  public func percentile(_ rank: Double) -> Double? {
    let total = total
    guard total > 0 else { return nil }
    let wanted = Double(total) * min(max(rank, 0), 100) / 100
    var before: Int64 = 0
    for (index, count) in counts.enumerated() where count > 0 {
      if Double(before &+ count) >= wanted {
        let low = index == 0 ? 0 : Double(Self.bounds[index - 1])
        let high = index < Self.bounds.count ? Double(Self.bounds[index]) : low
        return (low + (high - low) * max(0, wanted - Double(before)) / Double(count)) / 1e6
      }
      before &+= count
    }
    return nil
  }
}

extension Int64 {
  /// That part of an amount, rounded; `fraction` is brought between 0 and 1.
  func share(_ fraction: Double) -> Int64 {
    let part = (Double(self) * Swift.min(Swift.max(fraction, 0), 1)).rounded()
    return Swift.min(self, Int64(exactly: part) ?? self)
  }
}
