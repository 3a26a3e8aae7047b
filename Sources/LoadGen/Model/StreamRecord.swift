/// Everything that is known of one stream when it is over: a line of the per-stream reports and the last event of its life.
/// Times are microseconds since the run's start, durations microseconds.
public struct StreamRecord: Sendable, Equatable {
  /// Number of the stream in the plan, from 1.
  public var stream = 0
  public var lane = 0
  /// Index into the plan's targets.
  public var target = 0
  /// As it was sent.
  public var url = ""
  /// In an open model, when the stream should have begun.
  public var plannedAt: Int64?
  public var startedAt: Int64 = 0
  public var endedAt: Int64 = 0
  /// Belongs to the warm-up: in no count and no figure.
  public var isWarmUp = false

  // Of the connection; nil when the stream went over one that was there already.
  public var dns: Int64?
  public var connect: Int64?
  public var tls: Int64?

  // From the stream's start, not from the plan; nil where it did not come so far.
  public var ttfh: Int64?
  public var ttfb: Int64?
  public var ttlb: Int64?
  public var gapMax: Int64?

  public var bytesWire: Int64 = 0
  public var bytesDecoded: Int64 = 0
  /// What the message declared, or what its URL brought before; nil when nobody knew.
  public var expectedBytes: Int64?
  /// Whole gzip members; nil where they were not counted.
  public var members: Int?
  /// 0 without a response.
  public var status = 0
  /// `http/1.1`, `h2`; empty without a response.
  public var protocolName = ""
  public var transport = TransportOutcome.complete
  public var verdict = Verdict.unchecked
  public var treatment = Treatment.off
  public var result = StreamResult.ok
  /// What made it a failure: `reset`, `status 502`, `truncated`, `expectation length`; empty unless failed.
  public var reason = ""
  public var cause: FailureCause?
  /// Expectations that were missed: `status`, `header NAME`, `sha256`, `length`, `gzip`.
  public var missed: [String] = []
  /// Requests that libcurl sent once more (`Counters.repeatedRequests`).
  public var repeats = 0
  public var instance: String?
  public var requestID: String?
  /// `x-gzproxy-rss-bytes` of the response.
  public var instanceRSS: Int64?

  public init() {}
}

/// What a stream counts as.
public enum StreamResult: String, Sendable, CaseIterable {
  case ok
  case failed
  case cutByDeadline = "cut_by_deadline"
}
