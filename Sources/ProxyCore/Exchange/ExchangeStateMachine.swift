/// Decides what becomes of one request and its response. It holds no bytes, channels or clocks: events in, an action out.
///
///     connecting ──connected──▶ awaitingHead ──head──▶ (holding ──▶) streaming ──whole──▶ ended
///         │  ▲                      │                     │              │
///         │  └────────retry─────────┤                     │              │
///         └─────────────────────────┴──────answer─────────┴──▶ ended ◀───┴──abort
///
/// Guarantees: at most one answer or head reaches the client; after a head the only ends are `finish`, for a body proven
/// whole, and `abort`; after `ended` every event is ignored. A head that is held (proxy rule E10) has not reached anyone,
/// so its failure can still be told.
struct ExchangeStateMachine: Sendable {
  enum Phase: Equatable, Sendable { case connecting, awaitingHead, holding, streaming, ended }

  enum Action: Equatable, Sendable {
    case none
    /// Send the request again on a fresh connection.
    case retry
    /// Tell the client why there is no response, and drop the upstream's connection.
    case answer(ProxyCause)
    /// End the client's connection so that the body is seen as cut; `reset` where a plain end would look like success.
    case abort(ProxyCause, reset: Bool)
    case finish(keepClient: Bool, keepUpstream: Bool)
    /// Nobody is there to be told: drop the upstream's connection.
    case cancel(ProxyCause)
  }

  private(set) var phase = Phase.connecting
  private(set) var requestIsComplete: Bool
  private var isReplayable: Bool
  private var connectionWasReused = false
  private var hasRetried = false
  private var sawResponseByte = false
  private var clientFraming = BodyFraming.none
  private var clientCloses = true
  private var upstreamPersists = false

  init(isReplayable: Bool, requestIsComplete: Bool) {
    self.isReplayable = isReplayable
    self.requestIsComplete = requestIsComplete
  }

  /// After a head was passed on nothing can be told any more.
  var headWasSent: Bool { phase == .streaming }
  var mayReuseIdle: Bool { !hasRetried }
  /// Whether what is sent now may have to be sent again.
  var mayRetry: Bool { connectionWasReused && !hasRetried && isReplayable && !sawResponseByte }

  mutating func connected(reused: Bool) {
    guard phase == .connecting else { return }
    phase = .awaitingHead
    connectionWasReused = reused
  }

  mutating func requestCompleted() { requestIsComplete = true }

  mutating func responseBytes() { sawResponseByte = true }

  /// Part of the request is gone for good.
  mutating func requestNotReplayable() { isReplayable = false }

  /// The final head goes to the client. Returns whether its connection ends with this response: also when the request is
  /// not all in yet, since what is left of it may never be read.
  mutating func responseHead(_ facts: ResponseFacts, clientPersists: Bool, hold: Bool = false) -> Bool {
    guard phase == .awaitingHead else { return true }
    phase = hold ? .holding : .streaming
    clientFraming = facts.clientFraming
    upstreamPersists = facts.upstreamPersists
    clientCloses = closesClient(after: facts, clientPersists: clientPersists)
    return clientCloses
  }

  /// Whether the client's connection can carry no more than this response.
  func closesClient(after facts: ResponseFacts, clientPersists: Bool) -> Bool {
    !clientPersists || !requestIsComplete || facts.clientFraming == .close
  }

  /// The head that was held goes out.
  mutating func headReleased() {
    if phase == .holding { phase = .streaming }
  }

  /// - Parameter excess: bytes followed that belong to no response.
  mutating func responseCompleted(excess: Bool) -> Action {
    guard phase == .streaming else { return .none }
    phase = .ended
    return .finish(
      keepClient: !clientCloses && !excess, keepUpstream: upstreamPersists && requestIsComplete && !excess)
  }

  /// The upstream, or the way to it, failed.
  mutating func failed(_ cause: ProxyCause) -> Action {
    switch phase {
    case .connecting:
      phase = .ended
      return .answer(cause)
    case .awaitingHead:
      // An idle connection may be closed by its server at any moment; nothing came back, so asking again is safe.
      if cause == .connectionTerminated, mayRetry {
        hasRetried = true
        phase = .connecting
        return .retry
      }
      phase = .ended
      return .answer(cause)
    case .holding:
      phase = .ended
      return .answer(cause)
    case .streaming:
      phase = .ended
      return .abort(cause, reset: clientFraming == .close)
    case .ended: return .none
    }
  }

  /// The upstream's clean end of its connection, when it does not complete the body.
  mutating func upstreamEnded() -> Action { failed(sawResponseByte ? .responseIncomplete : .connectionTerminated) }

  /// - Parameter cause: the client left, is given up, or the proxy itself ends.
  mutating func clientEnded(_ cause: ProxyCause) -> Action {
    guard phase != .ended else { return .none }
    phase = .ended
    return .cancel(cause)
  }
}
