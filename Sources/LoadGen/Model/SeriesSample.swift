/// What a run did in a stretch of its time.
public struct SeriesSample: Sendable, Equatable {
  /// When it began, from the run's start.
  public var atSeconds = 0.0
  /// How long it is.
  public var seconds = 0.0
  /// Body bytes that arrived.
  public var bytesWire: Int64 = 0
  /// Streams that ended, and how many of them failed.
  public var streams = 0
  public var failed = 0
  /// The most streams in flight that were seen.
  public var active = 0
  /// The target's highest resident memory that was seen; nil when nobody said one.
  public var rssBytes: Int64?
  /// The highest share of a second that the tester's busiest thread worked.
  public var clientBusy = 0.0
  /// Times of the streams that came whole.
  public var ttfb = LatencyBuckets()
  public var ttlb = LatencyBuckets()

  public init() {}

  public var bytesWirePerSecond: Double { seconds > 0 ? Double(bytesWire) / seconds : 0 }
  public var streamsPerSecond: Double { seconds > 0 ? Double(streams) / seconds : 0 }

  /// Both as one; `next` begins where this one ends.
  func followed(by next: SeriesSample) -> SeriesSample {
    var out = self
    out.seconds += next.seconds
    out.bytesWire = bytesWire.saturatingAdd(next.bytesWire)
    out.streams &+= next.streams
    out.failed &+= next.failed
    out.active = max(active, next.active)
    if let rss = next.rssBytes { out.rssBytes = max(rssBytes ?? 0, rss) }
    out.clientBusy = max(clientBusy, next.clientBusy)
    out.ttfb.add(next.ttfb)
    out.ttlb.add(next.ttlb)
    return out
  }
}
