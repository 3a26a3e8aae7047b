/// Decides what one worker does next: it asks for an event, has it answered, and asks again, for ever. It holds no sockets
/// and no clocks: events in, an action out.
///
///     connecting ──▶ polling ──event──▶ serving ──sent and accepted──▶ polling …
///         ▲             │                  │
///         └── resting ◀─┴── failure ───────┘
///
/// A connection to the Runtime API is used for one request after the other; whatever its end, another one is made. What can
/// never work again ends the process where it serves one invocation at a time; where it serves many it ends nothing: the
/// others are none of this worker's business.
struct WorkerStateMachine: Sendable {
  enum State: Equatable, Sendable { case connecting, polling, serving, resting, ended }

  enum Action: Equatable, Sendable {
    case none
    case connect
    /// Ask for the next event on the connection that is there.
    case poll
    /// The event that has come is this worker's.
    case serve
    /// Drop the connection, wait, and connect. The reason is told now and then, not each time.
    case rest(Duration, because: String? = nil)
    /// The invocation is of no use to anyone any more: drop it, and the connection, and connect.
    case abandon(Loss)
    /// Nothing will work again in this process.
    case exit(String)
  }

  /// Why an invocation is dropped.
  enum Loss: Equatable, Sendable {
    /// The connection to the Runtime API ended.
    case connection
    /// The Runtime API would not have the response, with this status.
    case refused(Int)
    /// What came on the connection is not what was asked for.
    case garbled
  }

  let isManaged: Bool
  private(set) var state = State.connecting
  /// In a row, since something last worked.
  private var failures = 0
  /// An event has come on a connection that ended with it; it is served on the next one.
  private var hasEvent = false
  private var isSent = false
  private var isAccepted = false
  /// The Runtime API will end this connection.
  private var connectionEnds = false

  /// Failures in a row after which a process that serves one invocation at a time gives up. With the pauses between them
  /// about three seconds.
  static let patience = 5

  init(isManaged: Bool) { self.isManaged = isManaged }

  mutating func connected() -> Action {
    guard state == .connecting else { return .none }
    guard hasEvent else { return poll() }
    hasEvent = false
    return serve()
  }

  mutating func couldNotConnect(_ reason: String) -> Action {
    guard state == .connecting else { return .none }
    return failed("the Runtime API cannot be reached: \(reason)")
  }

  /// The pause is over.
  mutating func rested() -> Action {
    guard state == .resting else { return .none }
    state = .connecting
    return .connect
  }

  /// The answer to the question for the next event.
  ///
  /// - Parameters:
  ///   - isEvent: it has an id.
  ///   - persists: the connection can carry what answers it.
  mutating func next(status: Int, isEvent: Bool, persists: Bool) -> Action {
    guard state == .polling else { return unexpected() }
    switch status {
    case 200 where isEvent:
      failures = 0
      guard !persists else { return serve() }
      hasEvent = true
      state = .connecting
      return .connect
    case 204, 408:
      failures = 0
      // Nothing came in time, say some emulators. Not at once, or the two would go in a circle.
      state = .resting
      return .rest(Self.breath)
    case 200: return failed("the Runtime API sent an event without a request id")
    case 403 where !isManaged:
      return end("the Runtime API refused /next (403): another process of this runtime is polling")
    case 500... where !isManaged: return end("the Runtime API failed (\(status))")
    default: return failed("/next was answered with \(status)")
    }
  }

  /// All of the response, or of the error report, is on its way.
  mutating func sent() -> Action {
    guard state == .serving else { return .none }
    isSent = true
    return isAccepted ? served() : .none
  }

  /// The answer to a response or an error report. Some emulators give it before they have all of it.
  ///
  /// - Parameter isStuck: the supervisor said something after which it answers no more.
  mutating func reply(status: Int, isStuck: Bool, persists: Bool) -> Action {
    guard state == .serving, !isAccepted else { return unexpected() }
    connectionEnds = connectionEnds || !persists
    if (200..<300).contains(status) {
      isAccepted = true
      return isSent ? served() : .none
    }
    if !isManaged {
      if status == 403 { return end("the Runtime API refused a response (403): it is out of step with this runtime") }
      if status >= 500 { return end("the Runtime API failed (\(status))") }
      if isStuck { return end("the Runtime API did not understand the response mode") }
    }
    if isSent, status < 500, status != 403 {
      // Too late, too large, or unknown: that is one invocation's trouble.
      return served()
    }
    if isSent {
      return failed("a response was answered with \(status)")
    }
    state = .connecting
    return .abandon(.refused(status))
  }

  /// The upload was broken off on purpose.
  mutating func broken() -> Action {
    guard state == .serving else { return .none }
    state = .connecting
    return .connect
  }

  /// The connection ended.
  ///
  /// - Parameter wasQuiet: it had been asked for an event so long before that this is no failure but its custom.
  mutating func disconnected(wasQuiet: Bool = false) -> Action {
    switch state {
    case .polling:
      if wasQuiet { failures = 0 }
      return failed("the Runtime API ended the connection")
    case .serving:
      state = .connecting
      // The answer can no longer come, and what was sent is all that could be.
      return isSent ? .connect : .abandon(.connection)
    case .connecting, .resting, .ended: return .none
    }
  }

  /// What came on the connection is not HTTP, or nobody asked for it.
  mutating func garbled() -> Action {
    guard state == .serving else { return failed("the Runtime API sent what is not HTTP") }
    state = .connecting
    return isSent ? .connect : .abandon(.garbled)
  }

  mutating func stop() { state = .ended }

  private mutating func serve() -> Action {
    state = .serving
    (isSent, isAccepted, connectionEnds) = (false, false, false)
    return .serve
  }

  private mutating func poll() -> Action {
    state = .polling
    return .poll
  }

  private mutating func served() -> Action {
    guard connectionEnds else { return poll() }
    state = .connecting
    return .connect
  }

  private mutating func unexpected() -> Action { state == .ended ? .none : garbled() }

  private mutating func failed(_ reason: String) -> Action {
    guard state != .ended else { return .none }
    failures += 1
    guard isManaged || failures <= Self.patience else { return end(reason) }
    state = .resting
    // The first, the second, the fourth: a Runtime API that is gone for long does not fill the log.
    return .rest(backoff, because: failures & (failures - 1) == 0 ? reason : nil)
  }

  private mutating func end(_ reason: String) -> Action {
    state = .ended
    return .exit(reason)
  }

  static let breath = Duration.milliseconds(50)

  /// 100 ms, doubled with each failure, at most two seconds.
  private var backoff: Duration { min(.milliseconds(100) * (1 << min(max(failures, 1) - 1, 5)), .seconds(2)) }
}
