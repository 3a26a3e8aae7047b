/// What one lane is doing, and what it has done, at the moment of a snapshot.
public struct LaneSnapshot: Sendable, Equatable {
  public enum State: String, Sendable, CaseIterable {
    /// The lane has had no stream yet.
    case idle
    /// Resolving, connecting, TLS, or waiting for the first byte of a response.
    case waiting
    /// The head has arrived, no body byte yet.
    case headers
    case streaming
    /// The last stream ended and none has begun; `status`, `verdict` and `transport` are the ended stream's.
    case ended
  }

  /// 0-based slot number, stable for the run.
  public var lane: Int
  public var state: State = .idle
  /// A stream that a watched target tells of: `stream`, `requestID`, `bytes`, `bytesPerSecond` and `elapsedSeconds` are known, and
  /// whether a byte has gone out (`streaming`), none yet (`waiting`), the target tells of it no more (`ended`), or does not answer (`idle`). No other value is.
  public var isWatched = false

  // The current stream, or the last one when the lane is idle or ended.
  /// Number of the stream in the run, from 1; 0 when the lane has had none.
  public var stream: Int = 0
  /// Index into the plan's targets.
  public var target: Int = 0
  /// `x-request-id` of the response: the key that joins it with the proxy's own books.
  public var requestID: String?
  /// `x-gzproxy-instance` of the response.
  public var instance: String?
  /// 0 while there is no response.
  public var status: Int = 0
  /// `http/1.1`, `h2`; empty while there is no response.
  public var protocolName = ""
  public var bytes: Int64 = 0
  /// Inflated so far, see `Counters.bytesDecoded`.
  public var bytesDecoded: Int64 = 0
  /// From Content-Length, a remapped length, or the reference; nil when unknown.
  public var expectedBytes: Int64?
  /// Over the last second or so.
  public var bytesPerSecond: Double = 0
  public var elapsedSeconds: Double = 0
  /// First body byte, from the start of the stream.
  public var ttfbSeconds: Double?
  /// Longest silence inside the body so far; nil before its first byte.
  public var longestGapSeconds: Double?
  /// Of the ended stream; nil while one runs.
  public var verdict: Verdict?
  public var transport: TransportOutcome?
  public var result: StreamResult?

  // Totals of the lane.
  public var streams = 0
  public var failed = 0
  public var badGateways = 0
  public var invalid = 0
  /// Of the last stream that ended, while the next one runs too.
  public var lastVerdict: Verdict?
  /// Why the lane's last failed stream failed: `502 function_error`, `truncated`, `reset`.
  public var lastCause: String?

  public init(lane: Int) { self.lane = lane }

  /// Statistics begin anew; what the lane does goes on.
  mutating func forgetTotals() {
    streams = 0
    failed = 0
    badGateways = 0
    invalid = 0
    lastCause = nil
  }
}
