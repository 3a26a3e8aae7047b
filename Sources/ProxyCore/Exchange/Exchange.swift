internal import NIOCore

/// One request and its response: the pair of an ingress (a client's connection, or an invocation) and an upstream connection
/// on the same event loop, for as long as both are about the same thing.
///
///     client ──request bytes──▶ requestRelay ──▶ upstream
///     client ◀── responseRelay ◀──response bytes── upstream
///
/// `ExchangeStateMachine` decides, this class does. Reading at one side stops while the other cannot take more, so nothing
/// is ever queued here but an unfinished response head. Every flush may end the exchange before it returns, so state is
/// looked at again after each.
final class Exchange {
  let facts: RequestFacts
  let startedAt: NIODeadline
  private(set) var machine: ExchangeStateMachine
  var upstream: UpstreamConnection?
  /// Held: a flush may end the ingress while this is still at work. The circle is cut when `client.exchange` is.
  let client: any Ingress
  let loop: LoopContext
  private let target: UpstreamTarget
  /// The request head as it goes upstream, kept for a second attempt.
  private let requestHead: ByteBuffer
  /// Of the memory ledger, until the end.
  private let reserved: Int64
  private var replay: ReplayBuffer
  private var failureDetail = FailureDetail.none
  private var attempt: ConnectAttempt?
  var requestRelay: BodyRelay

  // The response so far.
  var responseParser: HeadParser
  var heldHead = ByteBuffer()
  var responseRelay: BodyRelay?
  var responseIsWhole = false
  var sawExcess = false
  var interimCount = 0
  /// A head that waits for its body's first byte.
  var hold: HeldHead?
  private(set) var bytesOut: Int64 = 0
  /// Its body may go through a pipe: decided when the stream begins, whatever is switched later.
  let splices: Bool
  /// Only while bytes of this body are inside.
  var pipe: Pipe?
  var splicedBytes: Int64 = 0

  // What is told of it afterwards.
  var trace: StreamTrace
  var responseSummary: ResponseSummary?
  /// Only known where there is a log.
  var upstreamAddress: SocketAddress?

  /// When something last came from each side, or was taken by it.
  var upstreamProgress: NIODeadline
  var clientProgress: NIODeadline
  private var upstreamWritten: Int64 = 0
  private var requestRate = RateWindow()
  private var responseRate = RateWindow()
  /// The client asked for a 100 and has not got one, nor sent anything.
  var awaitsContinue: Bool

  init(
    facts: RequestFacts, requestHead: ByteBuffer, target: UpstreamTarget, client: any Ingress, loop: LoopContext,
    reserved: Int64
  ) {
    self.reserved = reserved
    splices = loop.shared.relay == .auto
    self.facts = facts
    self.requestHead = requestHead
    self.target = target
    self.client = client
    self.loop = loop
    startedAt = loop.now
    trace = StreamTrace(startedAt: loop.now)
    upstreamProgress = loop.now
    clientProgress = loop.now
    requestRelay = BodyRelay(
      facts.framing, keepsTrailers: true, options: facts.options, limits: loop.limits.requestHead)
    machine = ExchangeStateMachine(
      isReplayable: facts.method.isIdempotent, requestIsComplete: requestRelay.isComplete)
    replay = ReplayBuffer(limit: loop.limits.replayBuffer)
    awaitsContinue = facts.expectsContinue && !requestRelay.isComplete
    responseParser = HeadParser(.response, limits: loop.limits.requestHead)
  }

  var isLive: Bool { client.exchange === self }
  var requestIsComplete: Bool { machine.requestIsComplete }
  var clientTakesMore: Bool { client.port.canTakeMore() }

  func start() {
    loop.counters.streams += 1
    loop.shared.streamBegan()
    reachUpstream()
  }

  func requestCompleted() { machine.requestCompleted() }

  func countOut(_ bytes: Int) {
    bytesOut += Int64(bytes)
    loop.counters.bytesOut += Int64(bytes)
  }

  // MARK: Reaching the upstream

  private func reachUpstream() {
    trace.reaching(at: loop.readClock())
    while machine.mayReuseIdle, let idle = loop.pool.takeIdle() {
      guard idle.isUsable, idle.isQuiet else {
        idle.close()
        loop.counters.lookups.add(.stale)
        continue
      }
      loop.counters.lookups.add(.hit)
      return connected(idle, reused: true)
    }
    loop.counters.lookups.add(.miss)
    // A request body waits in the client's socket until there is somewhere to send it.
    if !requestIsComplete { client.pauseRequest() }
    upstreamProgress = loop.now
    let attempt = loop.pool.connect(to: target) { [unowned self] result in
      self.attempt = nil
      switch result {
      case .success(let connection): self.connected(connection, reused: false)
      case .failure(let failure):
        self.failureDetail = failure.detail
        self.fail(failure.cause)
      }
    }
    if !attempt.isOver { self.attempt = attempt }
  }

  private func connected(_ connection: UpstreamConnection, reused: Bool) {
    upstream = connection
    connection.attach(self)
    machine.connected(reused: reused)
    clientProgress = loop.now
    noteConnected(connection, reused: reused)
    upstreamProgress = loop.now
    connection.port.send(requestHead)
    connection.port.send(replay.bytes)
    noteSent(requestHead.readableBytes + replay.bytes.readableBytes)
    replay = ReplayBuffer(limit: loop.limits.replayBuffer)
    client.feedRequestBody(to: self)
    guard isLive, upstream === connection else { return }
    connection.port.flush()
    guard isLive, upstream === connection else { return }
    if connection.port.canTakeMore() { client.resumeRequest() }
  }

  // MARK: Doing what the machine says

  func perform(_ action: ExchangeStateMachine.Action) {
    switch action {
    case .none: break
    case .retry:
      loop.counters.retries.add(.idleConnectionDied)
      dropUpstream()
      responseParser = HeadParser(.response, limits: loop.limits.requestHead)
      heldHead = ByteBuffer()
      reachUpstream()
    case .answer(let cause):
      loop.counters.upstreamFailed(cause)
      conclude(cause)
      end()
      client.answer(cause, detail: detail(of: cause), to: facts, requestIsComplete: requestIsComplete)
    case .abort(let cause, let reset):
      spill()
      loop.counters.upstreamFailed(cause)
      loop.counters.incomplete += 1
      conclude(cause)
      end()
      client.abort(cause, reset: reset)
    case .finish(let keepClient, let keepUpstream):
      // The client has its whole response; what came behind it is worth a look all the same.
      if sawExcess { loop.counters.upstreamFailed(.excessResponse) }
      conclude(sawExcess ? .excessResponse : nil)
      if let upstream {
        self.upstream = nil
        upstream.detach(reuse: keepUpstream, at: loop.now)
      }
      end()
      client.exchangeFinished(keep: keepClient)
    case .cancel(let cause):
      conclude(cause)
      end()
    }
  }

  private func detail(of cause: ProxyCause) -> FailureDetail {
    cause == .responseTooLarge ? client.limitDetail : failureDetail
  }

  /// The client's connection is gone, or given up.
  func clientEnded(_ cause: ProxyCause = .clientAbort) { perform(machine.clientEnded(cause)) }

  /// The proxy is shutting down. True when a response was cut.
  func abortForShutdown() -> Bool {
    let cut = machine.headWasSent
    if cut { loop.counters.incomplete += 1 }
    perform(machine.clientEnded(.draining))
    return cut
  }

  func fail(_ cause: ProxyCause) { perform(machine.failed(cause)) }

  func responseBytes() {
    machine.responseBytes()
    replay.drop()
  }

  /// Called with every piece of the request's body that goes upstream.
  func keepForReplay(_ piece: ByteBuffer) {
    guard machine.mayRetry else { return }
    replay.keep(piece)
    if !replay.isWhole { machine.requestNotReplayable() }
  }

  func upstreamEnded(clean: Bool) {
    guard isLive else { return }
    if clean, finishResponse() { return }
    guard isLive else { return }
    perform(machine.upstreamEnded())
  }

  func responseHeadPassed(_ facts: ResponseFacts, hold: Bool) -> Bool {
    if !hold { trace.headSent() }
    return machine.responseHead(facts, clientPersists: clientPersists, hold: hold)
  }

  var clientPersists: Bool { facts.isPersistent && !loop.shared.isDraining }

  func headReleased() {
    trace.headSent()
    machine.headReleased()
  }

  func complete() {
    // What was held to its end is as good as sent once it is whole.
    if client.delivery.isWhole { headReleased() }
    perform(machine.responseCompleted(excess: sawExcess))
  }

  private func end() {
    guard isLive else { return }
    attempt?.cancel()
    attempt = nil
    hold?.cancel()
    hold = nil
    givePipeBack()
    dropUpstream()
    loop.shared.streamEnded()
    loop.shared.memory.release(reserved)
    client.exchange = nil
  }

  private func dropUpstream() {
    let connection = upstream
    upstream = nil
    connection?.close()
  }

  // MARK: Time

  /// Looks at the limits of whatever this exchange is waiting for.
  func tick(_ now: NIODeadline) {
    noteUpstreamWrites(now)
    let waiting = ExchangeDeadlines.Facts(
      phase: machine.phase, requestIsComplete: requestIsComplete, awaitsContinue: awaitsContinue,
      hasAddress: attempt?.hasAddress ?? true,
      upstreamBacklog: upstream?.port.outbox.backlog ?? 0, upstreamIsPaused: upstream?.port.isPaused ?? false,
      upstreamProgress: upstreamProgress, clientProgress: clientProgress)
    if let cause = ExchangeDeadlines.passed(waiting, loop.limits, now) ?? tooSlow(now) { fail(cause) }
  }

  private func tooSlow(_ now: NIODeadline) -> ProxyCause? {
    let limits = loop.limits
    // After an early response the client need not send any more.
    let sends = machine.phase == .awaitingHead && !requestIsComplete && !awaitsContinue && !client.isRequestPaused
    let requestIsSlow = requestRate.isTooSlow(
      total: requestRelay.dataBytes, waits: sends, rate: limits.clientRate, window: limits.clientBody, at: now)
    let answers = machine.headWasSent && upstream?.port.isPaused == false
    let responseIsSlow = responseRate.isTooSlow(
      total: responseRelay?.dataBytes ?? 0, waits: answers, rate: limits.upstreamRate, window: limits.upstreamBody,
      at: now)
    return requestIsSlow ? .requestTimeout : responseIsSlow ? .bodyTimeout : nil
  }

  private func noteUpstreamWrites(_ now: NIODeadline) {
    guard let port = upstream?.port, port.outbox.backlog > 0 else { return }
    port.refresh()
    let written = port.delivered
    if written != upstreamWritten {
      upstreamWritten = written
      upstreamProgress = now
    }
  }

  /// Of this exchange, in user space and in its pipe.
  var bufferedBytes: Int {
    (pipe?.held ?? 0) + (upstream?.port.bufferedBytes ?? 0) + heldHead.readableBytes + (responseRelay?.heldBytes ?? 0)
      + replay.bytes.readableBytes + (hold?.head.readableBytes ?? 0)
  }
}
