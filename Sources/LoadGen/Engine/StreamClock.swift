/// The times of one stream, in nanoseconds of the monotonic clock. 0 is "has not happened".
struct StreamClock {
  private(set) var start: Int64 = 0
  /// The connection stood (TLS included) and the request was about to be sent.
  private(set) var connected: Int64 = 0
  /// The final head was complete.
  private(set) var head: Int64 = 0
  private(set) var firstByte: Int64 = 0
  private(set) var lastByte: Int64 = 0
  /// Longest silence between two arrivals of body bytes.
  private(set) var longestGap: Int64 = 0
  /// When that silence began; 0 without one.
  private(set) var longestGapAt: Int64 = 0
  /// What the stall timeout counts from: the connection, then each arrival of anything.
  private(set) var lastActivity: Int64 = 0

  mutating func begin(_ now: Int64) {
    self = StreamClock()
    start = now
  }

  mutating func connect(_ now: Int64) {
    connected = now
    lastActivity = now
  }

  /// Something arrived or left that is no body.
  mutating func activity(_ now: Int64) { lastActivity = now }

  mutating func headComplete(_ now: Int64) {
    head = now
    lastActivity = now
  }

  mutating func body(_ now: Int64) {
    if firstByte == 0 {
      firstByte = now
    } else {
      let gap = now &- lastByte
      if gap > longestGap {
        longestGap = gap
        longestGapAt = lastByte
      }
    }
    lastByte = now
    lastActivity = now
  }

  /// The longest silence inside the body.
  ///
  /// - Parameter end: until when a body is silent that is not whole: now, or when it was given up. Nil of a whole one, whose last
  ///   silence ends with its last byte.
  func longestSilence(until end: Int64?) -> Int64 {
    guard let end, firstByte != 0 else { return longestGap }
    return max(longestGap, end &- lastByte)
  }

  /// Whether nothing has moved for `limit` since the connection stood. Before that the connect timeout counts.
  func isStalled(_ now: Int64, limit: Int64) -> Bool { connected != 0 && now &- lastActivity >= limit }
}
