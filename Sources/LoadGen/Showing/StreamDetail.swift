/// Everything that is known of one stream, running or over: what a person sees who opens it.
public struct StreamDetail: Sendable, Equatable {
  /// Of a running stream as far as it has come; its `endedAt` is then the moment of the view, and its `verdict`, `transport` and
  /// `result` say nothing.
  public var record: StreamRecord
  public var isRunning: Bool
  /// Only the proof of it is left: of `record`, the status and what it came to.
  public var isProofOnly = false
  /// Of a stream of a watched target, of which nobody knows more than this; nil where the stream was measured.
  public var watched: WatchedStream?
  /// `GET /gzip/8MiB`; nil where nobody knows what was sent (a record does not say).
  public var requestLine: String?
  /// As they were sent, secrets masked.
  public var requestFields: [ResponseHead.Field] = []
  /// Nil before it came, and where nobody kept it: a record has the heads of the first failures of each kind.
  public var response: ResponseHead?
  /// Nil where arrivals are not known.
  public var arrivals: ArrivalStrip?
  /// When the longest silence inside the body began, microseconds from the stream's start.
  public var longestGapAt: Int64?
  /// Wire bytes of the first gzip members, whole ones; the one that is under way is not among them.
  public var memberBytes: [Int64] = []
  /// First and last bytes of the body, as far as they were kept.
  public var bodyHead: [UInt8] = []
  public var bodyTail: [UInt8] = []
  /// What libcurl or the tester itself said of the failure; nil when nothing.
  public var explanation: String?
  /// What it means and what to look at: one line; nil for what did not fail.
  public var advice: String?

  public init(record: StreamRecord, isRunning: Bool) {
    self.record = record
    self.isRunning = isRunning
  }
}
