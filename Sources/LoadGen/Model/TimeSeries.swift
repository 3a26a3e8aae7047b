/// A run over time: samples that follow each other without a hole, from its beginning to its end.
///
/// Bounded however long the run is: when there are `maximumSamples`, neighbours become one and the interval doubles. Pure;
/// fed with snapshots, which bring their own time.
public struct TimeSeries: Sendable, Equatable {
  public static let maximumSamples = 600

  /// How long a sample is, in seconds; the last one may be shorter, and those of a busy machine a little longer.
  public private(set) var intervalSeconds = 1.0
  public private(set) var samples: [SeriesSample] = []

  /// What had been counted when the sample that is under way began.
  private var base = Base()
  /// The highest seen since then.
  private var peaks = SeriesSample()
  /// See the snapshot's.
  private var resets = 0

  private struct Base: Sendable, Equatable {
    var seconds = 0.0
    var counters = Counters()
  }

  public init() {}

  init(intervalSeconds: Double, samples: [SeriesSample]) {
    self.intervalSeconds = intervalSeconds
    self.samples = samples
  }

  /// Takes in the run's state. Snapshots of before the last one change nothing.
  public mutating func observe(_ snapshot: Snapshot) {
    if snapshot.resets != resets { beginAnew(snapshot) }
    peaks.active = max(peaks.active, snapshot.active)
    peaks.clientBusy = max(peaks.clientBusy, snapshot.client.busyNow)
    if let rss = snapshot.memory.rssBytes { peaks.rssBytes = max(peaks.rssBytes ?? 0, rss) }
    let isOver = snapshot.phase == .finished
    let seconds = snapshot.countedSeconds - base.seconds
    guard seconds >= intervalSeconds - Self.tolerance || (isOver && hasNews(snapshot)) else { return }
    if isOver, seconds < intervalSeconds / 10, !samples.isEmpty { return amendLast(snapshot) }
    close(snapshot)
    if samples.count > Self.maximumSamples { halve() }
  }

  /// Statistics were reset. Bytes that running streams had before are no peak of the first second.
  private mutating func beginAnew(_ snapshot: Snapshot) {
    self = TimeSeries()
    resets = snapshot.resets
    base.counters.bytesWire = snapshot.counters.bytesWire
  }

  private func hasNews(_ snapshot: Snapshot) -> Bool {
    snapshot.countedSeconds > base.seconds || snapshot.counters != base.counters
  }

  private mutating func close(_ snapshot: Snapshot) {
    samples.append(sample(until: snapshot))
    base = Base(seconds: max(base.seconds, snapshot.countedSeconds), counters: snapshot.counters)
    peaks = SeriesSample()
  }

  /// The rest of a run that is too short for a rate of its own: streams of its last milliseconds would make a peak of it.
  private mutating func amendLast(_ snapshot: Snapshot) {
    let rest = sample(until: snapshot)
    if let last = samples.popLast() { samples.append(last.followed(by: rest)) }
    base = Base(seconds: max(base.seconds, snapshot.countedSeconds), counters: snapshot.counters)
    peaks = SeriesSample()
  }

  private func sample(until snapshot: Snapshot) -> SeriesSample {
    var sample = peaks
    let (now, before) = (snapshot.counters, base.counters)
    sample.atSeconds = base.seconds
    sample.seconds = max(0, snapshot.countedSeconds - base.seconds)
    sample.bytesWire = max(0, now.bytesWire &- before.bytesWire)
    sample.streams = max(0, now.streams &- before.streams)
    sample.failed = max(0, now.failed &- before.failed)
    sample.ttfb = now.ttfbBuckets.since(before.ttfbBuckets)
    sample.ttlb = now.ttlbBuckets.since(before.ttlbBuckets)
    return sample
  }

  private mutating func halve() {
    samples = Self.merged(samples, by: 2)
    intervalSeconds *= 2
  }

  /// The same with at most `count` samples, for what has room for no more.
  func reduced(to count: Int) -> TimeSeries {
    guard count > 0, samples.count > count else { return self }
    let group = (samples.count + count - 1) / count
    return TimeSeries(intervalSeconds: intervalSeconds * Double(group), samples: Self.merged(samples, by: group))
  }

  private static func merged(_ samples: [SeriesSample], by group: Int) -> [SeriesSample] {
    stride(from: 0, to: samples.count, by: group).map { start in
      samples[(start + 1)..<max(start + 1, min(start + group, samples.count))]
        .reduce(samples[start]) { $0.followed(by: $1) }
    }
  }

  /// Snapshots come every tenth of a second or so: one just before the second is taken for it.
  private static let tolerance = 0.05
}
