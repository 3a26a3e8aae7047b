/// The waits of one stream, in nanoseconds; nil where there was none of the kind.
struct StreamWait: Equatable {
  /// From the stream's beginning to its first body byte, or to the end of the wait for it.
  var start: Int64?
  /// The longest silence inside the body.
  var gap: Int64?
  /// The silence that it was given up for.
  var stall: Int64?

  /// - Parameter now: when the stream ended.
  init(_ clock: StreamClock, transport: TransportOutcome, now: Int64) {
    // Who never connected was not kept waiting by a server.
    guard clock.connected != 0 else { return }
    let isWhole = transport == .complete
    if clock.firstByte != 0 {
      start = clock.firstByte &- clock.start
      gap = clock.longestSilence(until: isWhole ? nil : now)
    } else {
      start = (isWhole ? clock.head : now) &- clock.start
    }
    if transport == .stalled { stall = now &- clock.lastActivity }
  }
}
