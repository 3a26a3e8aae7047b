internal import NIOCore

/// What one event loop counts: plain fields that no other thread touches; summed when someone asks.
struct LoopCounters: Sendable, Equatable {
  /// Exchanges that were meant for the upstream.
  var streams: Int64 = 0
  /// Responses whose head went out and whose body did not become whole, except where the client left.
  var incomplete: Int64 = 0
  /// Bytes of responses handed to clients' sockets, heads and framing included.
  var bytesOut: Int64 = 0
  /// Failures of the upstream, before and after the head.
  private(set) var upstreamErrors = CountsBy<ProxyCause>()

  private(set) var requests = RequestCounts()
  private(set) var incompleteBy = CountsBy<ProxyCause>()
  private(set) var answeredBy = CountsBy<ProxyCause>()
  private(set) var clientAborts = CountsBy<StreamPhase>()
  private(set) var timeToHead = LatencyHistogram()
  private(set) var duration = LatencyHistogram()
  private(set) var connect = LatencyHistogram()
  private(set) var resolution = LatencyHistogram()
  private(set) var handshake = LatencyHistogram()
  /// Without `toClient`, which is `bytesOut`.
  var bytes = CountsBy<ByteDirection>()
  /// Of the bytes in `bytesOut`, those that went through a pipe.
  var bytesSpliced: Int64 = 0
  /// Finished responses by the way their bodies took.
  private(set) var relays = CountsBy<RelayPath>()
  var pauses = CountsBy<SlowSide>()
  var lookups = CountsBy<PoolLookup>()
  var retries = CountsBy<RetryReason>()
  /// The most that one finished stream ever held.
  private(set) var peakBuffer = 0

  mutating func upstreamFailed(_ cause: ProxyCause) {
    guard cause.row.side == .upstream else { return }
    upstreamErrors.add(cause)
  }

  mutating func ended(_ end: StreamEnd) {
    requests.add(end.statusClass, end.outcome)
    guard let cause = end.cause else { return }
    if end.outcome == .incomplete { incompleteBy.add(cause) }
    if end.outcome == .answered { answeredBy.add(cause) }
    if end.outcome == .clientAbort { clientAborts.add(end.phase ?? .data) }
  }

  /// The times of a stream that was meant for the upstream.
  mutating func ended(_ trace: StreamTrace, at now: NIODeadline) {
    if let time = trace.timeToHead { timeToHead.observe(time) }
    duration.observe(trace.total(at: now))
    peakBuffer = max(peakBuffer, trace.peakBuffer)
  }

  mutating func relayed(_ path: RelayPath) { relays.add(path) }

  mutating func opened(_ timings: ConnectTimings) {
    if let time = timings.total { connect.observe(time) }
    if let time = timings.resolution { resolution.observe(time) }
    if let time = timings.handshake { handshake.observe(time) }
  }

  /// By RFC 9209 token, in order; several causes share one.
  var upstreamErrorsByToken: [(token: String, count: Int64)] {
    var byToken: [String: Int64] = [:]
    for cause in ProxyCause.allCases where cause.row.side == .upstream {
      byToken[cause.token, default: 0] &+= upstreamErrors[cause]
    }
    return byToken.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  static func + (left: LoopCounters, right: LoopCounters) -> LoopCounters {
    var sum = left
    sum.streams &+= right.streams
    sum.incomplete &+= right.incomplete
    sum.bytesOut &+= right.bytesOut
    sum.bytesSpliced &+= right.bytesSpliced
    sum.relays = left.relays + right.relays
    sum.upstreamErrors = left.upstreamErrors + right.upstreamErrors
    sum.requests = left.requests + right.requests
    sum.incompleteBy = left.incompleteBy + right.incompleteBy
    sum.answeredBy = left.answeredBy + right.answeredBy
    sum.clientAborts = left.clientAborts + right.clientAborts
    sum.timeToHead = left.timeToHead + right.timeToHead
    sum.duration = left.duration + right.duration
    sum.connect = left.connect + right.connect
    sum.resolution = left.resolution + right.resolution
    sum.handshake = left.handshake + right.handshake
    sum.bytes = left.bytes + right.bytes
    sum.pauses = left.pauses + right.pauses
    sum.lookups = left.lookups + right.lookups
    sum.retries = left.retries + right.retries
    sum.peakBuffer = max(left.peakBuffer, right.peakBuffer)
    return sum
  }
}

/// Streams by status class and outcome.
struct RequestCounts: Sendable, Equatable {
  private var byOutcome = [CountsBy<StatusClass>](repeating: CountsBy(), count: StreamOutcome.allCases.count)

  subscript(status: StatusClass, outcome: StreamOutcome) -> Int64 { byOutcome[outcome.index][status] }

  mutating func add(_ status: StatusClass, _ outcome: StreamOutcome) { byOutcome[outcome.index].add(status) }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for index in sum.byOutcome.indices { sum.byOutcome[index] = left.byOutcome[index] + right.byOutcome[index] }
    return sum
  }
}
