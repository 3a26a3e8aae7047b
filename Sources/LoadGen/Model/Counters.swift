/// What was counted over ended streams, and over the bytes of running ones. A value: each loop thread owns one, readers
/// get merged copies.
public struct Counters: Sendable, Equatable {
  /// Ended streams. Always `ok + failed + cutByDeadline`.
  public var streams = 0
  public var ok = 0
  public var failed = 0
  public var cutByDeadline = 0
  /// Ended streams of the warm-up; in no other count.
  public var warmUpStreams = 0
  /// Of an open model: streams that began more than `ArrivalPlan.lateAfter` after their planned time.
  public var late = 0
  /// Of an open model: planned arrivals whose stream never began, because no lane was free before the end. Known when the run
  /// is over: until then an arrival that has no lane waits for one.
  public var dropped = 0

  /// Body bytes as they arrived, running streams included.
  public var bytesWire: Int64 = 0
  /// Bytes after inflating, running streams included. For compared bodies it is the reference's, scaled while the
  /// stream runs and exact when it ends; bodies that were never inflated count nothing.
  public var bytesDecoded: Int64 = 0

  /// Ended streams by final status; 0 is "no response".
  public var status: [Int: Int] = [:]
  /// Ended streams with a response by protocol: `http/1.0`, `http/1.1`, `h2`.
  public var protocols: [String: Int] = [:]
  public var transport = EnumCounts<TransportOutcome>()
  public var verdicts = EnumCounts<Verdict>()
  public var treatments = EnumCounts<Treatment>()
  /// Causes of answers with status 400 and above, by status.
  public var causes: [Int: EnumCounts<FailureCause>] = [:]
  /// Streams that missed an `--expect-…`, by the expectation's text.
  public var missedExpectations: [String: Int] = [:]
  /// Requests that libcurl sent once more, because a kept-alive connection ended before a byte of the answer: the server
  /// may have seen as many more than there are streams.
  public var repeatedRequests = 0
  /// Waits that were long, whether or not the stream came to a good end.
  public var pauses = Pauses()
  /// Streams that ran at Lambda's rate for streamed responses after their first 6 MB: no failure (`BandwidthCap`).
  public var bandwidthCapped = 0
  /// Times of the streams that came whole, coarsely: what the distributions have exactly, for those who follow a run.
  public var ttfbBuckets = LatencyBuckets()
  public var ttlbBuckets = LatencyBuckets()

  public init() {}

  public mutating func add(_ other: Counters) {
    streams &+= other.streams
    ok &+= other.ok
    failed &+= other.failed
    cutByDeadline &+= other.cutByDeadline
    warmUpStreams &+= other.warmUpStreams
    late &+= other.late
    dropped &+= other.dropped
    bytesWire &+= other.bytesWire
    bytesDecoded &+= other.bytesDecoded
    status.merge(other.status, uniquingKeysWith: &+)
    protocols.merge(other.protocols, uniquingKeysWith: &+)
    transport.add(other.transport)
    verdicts.add(other.verdicts)
    treatments.add(other.treatments)
    causes.merge(other.causes) { left, right in
      var sum = left
      sum.add(right)
      return sum
    }
    repeatedRequests &+= other.repeatedRequests
    pauses.add(other.pauses)
    bandwidthCapped &+= other.bandwidthCapped
    ttfbBuckets.add(other.ttfbBuckets)
    ttlbBuckets.add(other.ttlbBuckets)
    missedExpectations.merge(other.missedExpectations, uniquingKeysWith: &+)
  }

  /// Streams whose verdict is invalid.
  public var invalid: Int { verdicts.counted.reduce(0) { $1.key.isInvalid ? $0 &+ $1.count : $0 } }
  /// Streams that got any response at all.
  public var responses: Int { streams &- status[0, default: 0] }
}
