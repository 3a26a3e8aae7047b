/// What rates and the graph are made of. Fixed memory, whatever the run's length; nothing is ever recomputed from all
/// samples.
///
/// Samples come at 10 Hz. A snapshot is up to 100 ms old, so neighbours alone would make a rate jump: a point of the
/// graph is the rate over 0.4 s, and the figures that people read are rates over a second. Points follow the run's
/// clock, not the count of samples: a process that was stopped for nine seconds leaves nine seconds of nothing.
struct History: Sendable {
  struct Sample: Sendable, Equatable {
    var elapsed: Double
    var wire: Int64
    var decoded: Int64
    var streams: Int
    var failed = 0
    /// Streams in flight at that moment.
    var active = 0
    /// Of the target; nil where nobody told.
    var memory: Int64?
  }

  struct Rates: Sendable, Equatable {
    var wire: Double = 0
    var decoded: Double = 0
    var streams: Double = 0
    var failures: Double = 0
  }

  /// What the graphs show of 0.4 s.
  struct Point: Sendable, Equatable {
    /// Bytes a second.
    var wire: Double = 0
    /// A second.
    var failures: Double = 0
    var active = 0
    /// Bytes; nil where nobody told, or nobody looked.
    var memory: Int64?
  }

  static let secondsPerPoint = 0.4
  /// Seconds of samples that rates are made of; at most `sampleLimit` of them, for a record that is played slowly.
  private static let window = 2.5
  private static let sampleLimit = 256
  /// Two points a column at the widest screen we draw, over 13 minutes.
  static let pointCapacity = 2048

  /// Samples further apart than this are not the sampler's own: the process was stopped, or its terminal.
  private var longestPause: Double { isSparse ? 3.5 : 1.5 }
  /// After a stop the kernel's buffers empty at once. That burst came in over all of the stop, so it has to be over
  /// before there is a rate again.
  private static let settling = 1.0
  /// Samples come some milliseconds early or late.
  private static let tolerance = 0.05

  /// Samples come about once a second, as a watched target tells them.
  var isSparse = false

  private var recent: [Sample] = []
  private var points: [Point] = []
  private var next = 0
  /// Where the bytes of the next point begin to count.
  private var pointStart: Sample?
  /// When the next point is complete, in the run's seconds.
  private var pointDue = 0.0
  /// No point before then.
  private var settledAt = -Double.infinity

  /// Ignores a sample that is not later than the last one.
  mutating func append(_ sample: Sample) {
    guard sample.elapsed.isFinite else { return }
    // Who joins a run hears nothing before: its past is no rate.
    if let last = recent.last, last.elapsed == 0, sample.elapsed > longestPause { recent.removeAll() }
    if let last = recent.last {
      guard sample.elapsed > last.elapsed else { return }
      extendGraph(from: last, to: sample)
    } else {
      pointStart = sample
      pointDue = sample.elapsed + Self.secondsPerPoint
    }
    recent.append(sample)
    while recent.count > 2,
      isSparse || recent.count > Self.sampleLimit || recent[1].elapsed < sample.elapsed - Self.window
    {
      recent.removeFirst()
    }
  }

  private mutating func extendGraph(from last: Sample, to sample: Sample) {
    let isStop = sample.elapsed - last.elapsed > longestPause
    guard isStop || sample.elapsed >= max(pointDue, settledAt) - Self.tolerance else { return }
    guard isStop else {
      let rates = Self.rates(from: pointStart ?? last, to: sample)
      let point = Point(wire: rates.wire, failures: rates.failures, active: sample.active, memory: sample.memory)
      addPoints(point, until: sample.elapsed)
      pointStart = sample
      return
    }
    let rates = Self.rates(from: last, to: sample)
    // What the loop threads had counted before the stop, and nobody had read, is not a rate of the stop. Nor does anybody
    // know what the target's memory was meanwhile.
    let wire = rates.wire < readout.wire / 10 ? 0 : rates.wire
    addPoints(Point(wire: wire, failures: rates.failures, active: sample.active), until: sample.elapsed)
    settledAt = sample.elapsed + Self.settling
  }

  /// As many equal points as are due by then.
  private mutating func addPoints(_ point: Point, until elapsed: Double) {
    let late = (elapsed - pointDue + Self.tolerance) / Self.secondsPerPoint
    guard late >= 0 else { return }
    // More than all points cannot be shown.
    let count = Int(min(late, Double(Self.pointCapacity - 1))) + 1
    for _ in 0..<count { addPoint(point) }
    pointDue += Double(count) * Self.secondsPerPoint
    if pointDue <= elapsed { pointDue = elapsed + Self.secondsPerPoint }
  }

  private mutating func addPoint(_ point: Point) {
    if points.count < Self.pointCapacity {
      points.append(point)
    } else {
      points[next] = point
    }
    next = (next + 1) % Self.pointCapacity
  }

  /// When the last sample was taken, in the run's seconds.
  var latest: Double? { recent.last?.elapsed }

  /// Over the last second or so; zeros while there are fewer than two samples.
  var readout: Rates {
    guard let last = recent.last else { return Rates() }
    // Never of less than a second where more is known: a record's own samples are a tenth of a second old.
    let first = isSparse ? nil : recent.last { $0.elapsed <= last.elapsed - Self.second }
    guard let first = first ?? recent.first else { return Rates() }
    var rates = Self.rates(from: first, to: last)
    if !isSparse { rates.decoded = min(rates.wire * inflation(until: last), Self.highestRate) }
    return rates
  }

  /// Decoded bytes for one of the wire, lately. Whoever looks at a record, or at a run elsewhere, is told once a second how much was
  /// inflated, and ten times a second what came: both rates are of the same moments by this.
  private func inflation(until last: Sample) -> Double {
    let steps = recent.indices.dropFirst().filter { recent[$0].decoded > recent[$0 - 1].decoded }.map { recent[$0] }
    let latest = steps.last ?? recent.first ?? last
    guard last.elapsed - latest.elapsed < Self.longestStep else { return 0 }
    let start = steps.last { $0.elapsed <= latest.elapsed - Self.second }
    if let start, start.wire < latest.wire {
      return Self.ratio(latest.decoded &- start.decoded, latest.wire &- start.wire)
    }
    // It was told once, as after a jump, or what was told first was old: what all have had until now.
    return Self.ratio(latest.decoded, latest.wire)
  }

  private static func ratio(_ decoded: Int64, _ wire: Int64) -> Double {
    decoded > 0 && wire > 0 ? Double(decoded) / Double(wire) : 0
  }

  /// A second, but for a sample that comes early.
  private static let second = 0.95
  /// Seconds in which nothing was inflated, after which nothing is.
  private static let longestStep = 1.5
  /// Bytes a second, beyond what any number is shown of.
  private static let highestRate = 9e18

  /// Wire bytes a second, so many points before the last; 0 where there is none.
  func wireRate(back: Int) -> Double { point(back: back)?.wire ?? 0 }

  /// So many points before the last; nil where there is none.
  func point(back: Int) -> Point? {
    guard back >= 0, back < points.count else { return nil }
    return points[(next - 1 - back + 2 * Self.pointCapacity) % Self.pointCapacity]
  }

  private static func rates(from old: Sample, to new: Sample) -> Rates {
    let seconds = new.elapsed - old.elapsed
    guard seconds > 0.001 else { return Rates() }
    return Rates(
      wire: max(0, Double(new.wire &- old.wire)) / seconds,
      decoded: max(0, Double(new.decoded &- old.decoded)) / seconds,
      streams: max(0, Double(new.streams &- old.streams)) / seconds,
      failures: max(0, Double(new.failed &- old.failed)) / seconds)
  }
}
