/// What rates and the graph are made of. Fixed memory, whatever the run's length; nothing is ever recomputed from all
/// samples.
///
/// Samples come at 10 Hz. A snapshot is up to 100 ms old, so neighbours alone would make a rate jump: a point of the graph
/// is the rate over four samples, and the figures that people read are rates over ten.
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

  static let samplesPerPoint = 4
  static let samplesPerReadout = 10
  /// Two points a column at the widest screen we draw, over 13 minutes.
  static let pointCapacity = 2048

  private var recent: [Sample] = []
  private var points: [Double] = []
  private var next = 0
  private var sinceLastPoint = 0

  /// Ignores a sample that is not later than the last one.
  mutating func append(_ sample: Sample) {
    if let last = recent.last, sample.elapsed <= last.elapsed { return }
    if recent.count > Self.samplesPerReadout { recent.removeFirst() }
    recent.append(sample)
    guard recent.count > 1 else { return }
    sinceLastPoint += 1
    guard sinceLastPoint == Self.samplesPerPoint else { return }
    sinceLastPoint = 0
    addPoint(Self.rates(from: recent[recent.count - 1 - Self.samplesPerPoint], to: sample).wire)
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
      wire: max(0, Double(new.wire &- old.wire)) / seconds, decoded: max(0, Double(new.decoded &- old.decoded)) / seconds,
      streams: max(0, Double(new.streams &- old.streams)) / seconds)
  }
}
