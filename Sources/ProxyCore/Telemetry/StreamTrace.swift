internal import NIOCore

/// What one stream went through: told event by event, read when it has ended. Pure; times are given.
///
/// Costs no allocation. Clocks are read where the phase changes and not per piece of a body.
struct StreamTrace: Sendable {
  let startedAt: NIODeadline
  private(set) var phase = StreamPhase.connect
  /// Connections that the request was meant for, idle ones and retries included.
  private(set) var attempts = 0
  /// Whether the last of them had served before.
  private(set) var isReused = false
  /// Of the last connection, where it was opened for this stream.
  private(set) var opening: ConnectTimings?
  /// The status that the client got, once it got one.
  private(set) var status: Int?
  private(set) var headAt: NIODeadline?
  /// The most that waited in user space after a flush, both directions together.
  private(set) var peakBuffer = 0
  /// Of the request, head and framing included.
  var wireIn: Int64 = 0

  private var reachingSince: NIODeadline
  private var reachingTime = TimeAmount.zero
  private var sentAt: NIODeadline?
  private var receivedStatus: Int?
  private var clientPauses = PauseClock()
  private var upstreamPauses = PauseClock()

  init(startedAt: NIODeadline) {
    self.startedAt = startedAt
    reachingSince = startedAt
  }

  /// Looking for a connection, for the first time or again.
  mutating func reaching(at now: NIODeadline) {
    attempts += 1
    phase = .connect
    reachingSince = now
    sentAt = nil
  }

  mutating func connected(reused: Bool, opening: ConnectTimings?, at now: NIODeadline) {
    reachingTime = reachingTime + (now - reachingSince)
    isReused = reused
    self.opening = reused ? nil : opening
    phase = .head
    sentAt = now
  }

  mutating func headReceived(_ status: Int, at now: NIODeadline) {
    headAt = now
    receivedStatus = status
  }

  /// The head goes to the client, at once or after it was held back.
  mutating func headSent() {
    phase = .data
    status = receivedStatus
  }

  mutating func paused(for side: SlowSide, at now: NIODeadline) {
    switch side {
    case .client: clientPauses.begin(at: now)
    case .upstream: upstreamPauses.begin(at: now)
    }
  }

  func isPaused(for side: SlowSide) -> Bool {
    switch side {
    case .client: clientPauses.isRunning
    case .upstream: upstreamPauses.isRunning
    }
  }

  mutating func resumed(for side: SlowSide, at now: NIODeadline) {
    switch side {
    case .client: clientPauses.end(at: now)
    case .upstream: upstreamPauses.end(at: now)
    }
  }

  mutating func holds(_ bytes: Int) { peakBuffer = max(peakBuffer, bytes) }

  // MARK: Read at the end

  /// - Parameter cause: nil for a proper end.
  func end(_ cause: ProxyCause?, requestIsComplete: Bool) -> StreamEnd {
    let isUploading = phase == .head && !requestIsComplete
    return StreamEnd.of(cause, phase: isUploading ? .request : phase, status: status)
  }

  func total(at now: NIODeadline) -> TimeAmount { now - startedAt }

  /// From the request's head to the response's.
  var timeToHead: TimeAmount? { headAt.map { $0 - startedAt } }

  /// From the request's going upstream to the response's head: what the origin took, network included.
  var originTime: TimeAmount? {
    guard let headAt, let sentAt else { return nil }
    return headAt - sentAt
  }

  /// Waiting for connections: name resolution, TCP and TLS, of all attempts.
  func connectTime(at now: NIODeadline) -> TimeAmount {
    phase == .connect ? reachingTime + (now - reachingSince) : reachingTime
  }

  func pausedTime(for side: SlowSide, at now: NIODeadline) -> TimeAmount {
    side == .client ? clientPauses.total(at: now) : upstreamPauses.total(at: now)
  }
}

/// Adds up the times between beginnings and ends.
private struct PauseClock: Sendable {
  private var since: NIODeadline?
  private var sum = TimeAmount.zero

  var isRunning: Bool { since != nil }

  mutating func begin(at now: NIODeadline) { since = since ?? now }

  mutating func end(at now: NIODeadline) {
    sum = total(at: now)
    since = nil
  }

  func total(at now: NIODeadline) -> TimeAmount { since.map { sum + (now - $0) } ?? sum }
}
