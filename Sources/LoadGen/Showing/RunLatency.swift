/// The times of a run's streams, as a screen needs them: a value without histograms.
public struct RunLatency: Sendable, Equatable {
  /// One of the distributions.
  public struct Shape: Sendable, Equatable {
    public var count: Int64
    /// Microseconds; bytes a second of the throughput.
    public var min: Int64
    public var mean: Double
    public var max: Int64
    /// In the order of `ranks`.
    public var percentiles: [Int64]
    /// Counts by half octaves, which make bars of a histogram.
    public var buckets: LatencyBuckets

    public init(count: Int64, min: Int64, mean: Double, max: Int64, percentiles: [Int64], buckets: LatencyBuckets) {
      self.count = count
      self.min = min
      self.mean = mean
      self.max = max
      self.percentiles = percentiles
      self.buckets = buckets
    }
  }

  /// In percent, rising.
  public static let ranks: [Double] = [10, 25, 50, 75, 90, 95, 99, 99.9, 99.99]

  /// Without entries for what was never measured.
  public var shapes: [Distributions.Metric: Shape]
  /// False when some streams' times are not in it: a record that was entered in its middle.
  public var isWhole: Bool

  public init(shapes: [Distributions.Metric: Shape] = [:], isWhole: Bool = true) {
    self.shapes = shapes
    self.isWhole = isWhole
  }
}
