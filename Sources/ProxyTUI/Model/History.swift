/// What rates and the graph are made of. Fixed memory, whatever the run's length; nothing is ever recomputed from all
/// samples.
///
/// Samples come at 10 Hz. A snapshot is up to 100 ms old, so neighbours alone would make a rate jump: a point of the
/// graph is the rate over 0.4 s, and the figures that people read are rates over ten samples. Points follow the run's
/// clock, not the count of samples: a process that was stopped for nine seconds leaves nine seconds of nothing.
struct History: Sendable {
  struct Sample: Sendable, Equatable {
    var elapsed: Double
    var wire: Int64
    var decoded: Int64
    var streams: Int
  }

  struct Rates: Sendable, Equatable {
    var wire: Double = 0
    var decoded: Double = 0
    var streams: Double = 0
  }

  static let secondsPerPoint = 0.4
  static let samplesPerReadout = 10
  /// Two points a column at the widest screen we draw, over 13 minutes.
  static let pointCapacity = 2048

  /// Samples further apart than this are not the sampler's own: the process was stopped, or its terminal.
  private static let longestPause = 1.0
  /// After a stop the kernel's buffers empty at once. That burst came in over all of the stop, so it has to be over
  /// before there is a rate again.
  private static let settling = 1.0
  /// Samples come some milliseconds early or late.
  private static let tolerance = 0.05

  private var recent: [Sample] = []
  private var points: [Double] = []
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
    if let last = recent.last {
      guard sample.elapsed > last.elapsed else { return }
      extendGraph(from: last, to: sample)
    } else {
      pointStart = sample
      pointDue = sample.elapsed + Self.secondsPerPoint
    }
    if recent.count > Self.samplesPerReadout { recent.removeFirst() }
    recent.append(sample)
  }

  private mutating func extendGraph(from last: Sample, to sample: Sample) {
    let isStop = sample.elapsed - last.elapsed > Self.longestPause
    guard isStop || sample.elapsed >= max(pointDue, settledAt) - Self.tolerance else { return }
    guard isStop else {
      addPoints(Self.rates(from: pointStart ?? last, to: sample).wire, until: sample.elapsed)
      pointStart = sample
      return
    }
    let rate = Self.rates(from: last, to: sample).wire
    // What the loop threads had counted before the stop, and nobody had read, is not a rate of the stop.
    addPoints(rate < readout.wire / 10 ? 0 : rate, until: sample.elapsed)
    settledAt = sample.elapsed + Self.settling
  }

  /// As many points of one rate as are due by then.
  private mutating func addPoints(_ rate: Double, until elapsed: Double) {
    let late = (elapsed - pointDue + Self.tolerance) / Self.secondsPerPoint
    guard late >= 0 else { return }
    // More than all points cannot be shown.
    let count = Int(min(late, Double(Self.pointCapacity - 1))) + 1
    for _ in 0..<count { addPoint(rate) }
    pointDue += Double(count) * Self.secondsPerPoint
    if pointDue <= elapsed { pointDue = elapsed + Self.secondsPerPoint }
  }

  private mutating func addPoint(_ rate: Double) {
    if points.count < Self.pointCapacity {
      points.append(rate)
    } else {
      points[next] = rate
    }
    next = (next + 1) % Self.pointCapacity
  }

  /// Over the last second or so; zeros while there are fewer than two samples.
  var readout: Rates {
    guard let first = recent.first, let last = recent.last else { return Rates() }
    return Self.rates(from: first, to: last)
  }

  /// Wire bytes a second, so many points before the last; 0 where there is none.
  func wireRate(back: Int) -> Double {
    guard back >= 0, back < points.count else { return 0 }
    return points[(next - 1 - back + 2 * Self.pointCapacity) % Self.pointCapacity]
  }

  private static func rates(from old: Sample, to new: Sample) -> Rates {
    let seconds = new.elapsed - old.elapsed
    guard seconds > 0.001 else { return Rates() }
    return Rates(
      wire: max(0, Double(new.wire &- old.wire)) / seconds,
      decoded: max(0, Double(new.decoded &- old.decoded)) / seconds,
      streams: max(0, Double(new.streams &- old.streams)) / seconds)
  }
}
