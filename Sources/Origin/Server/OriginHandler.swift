internal import NIOCore
internal import NIOHTTP1
internal import ToolSupport

/// One connection: takes requests one at a time and carries out the plan that the responder makes of each.
///
/// ```
/// idle ─request▶ preparing ─plan, delay▶ sending ─last byte▶ idle
///                                            ├─stall▶ stalled          until the client leaves, or `idleLimit`
///                                            └─fin, reset, close▶ closing
/// ```
/// While a response is under way nothing is read, so what a client pipelines waits in the kernel, but for the requests
/// of the one read (16 KiB) that brought the current one. Of a body one piece is queued at a time, so a connection
/// never has more than `SlabReader.limit` bytes queued and its framing with it; the next one is made when the kernel
/// has taken that. The client's FIN ends the exchange: a client that only half-closes is taken to have left.
final class OriginHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum State { case idle, preparing, sending, stalled, closing }

  /// A connection on which nothing moves for this long is closed, whatever it is waiting for; also how long `stall`
  /// lasts.
  static let idleLimit = TimeAmount.minutes(10)
  /// How long the end of a connection waits for the client to take the last bytes and close.
  static let closeLimit = TimeAmount.seconds(5)

  private let responder: Responder
  private let stats: OriginStats
  private var state = State.idle
  private var receiving: HTTPRequestHead?
  private var waiting = CircularBuffer<HTTPRequestHead>()
  private var isMalformed = false
  private var readIsHeld = false
  private var isDraining = false

  private var plan: ResponsePlan?
  private var stream: BodyStream?
  private var pacer: Pacer?
  private var date = HTTPDate()
  private var lastMove = NIODeadline.now()
  private var timer: Scheduled<Void>?
  private var idleTimer: Scheduled<Void>?

  init(responder: Responder, stats: OriginStats) {
    self.responder = responder
    self.stats = stats
  }

  // MARK: Requests

  func channelActive(context: ChannelHandlerContext) {
    stats.update {
      $0.connections += 1
      $0.activeConnections += 1
    }
    watchIdleness(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    timer?.cancel()
    idleTimer?.cancel()
    if state == .sending || state == .stalled { endResponse(completed: false) }
    state = .closing
    stream = nil
    stats.update { $0.activeConnections -= 1 }
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastMove = .now()
    guard state != .closing else { return }
    switch unwrapInboundIn(data) {
    case .head(let head): receiving = head
    case .body: break
    case .end:
      guard let head = receiving else { return }
      receiving = nil
      waiting.append(head)
      takeNext(context)
    }
  }

  func read(context: ChannelHandlerContext) {
    switch state {
    case .idle, .closing: context.read()
    case .preparing, .sending, .stalled: readIsHeld = true
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent {
      isDraining = true
      // A stalled body would never end by itself.
      if state == .stalled || (state == .idle && receiving == nil) { context.close(promise: nil) }
      return
    }
    context.fireUserInboundEventTriggered(event)
  }

  /// What the parser refuses is answered in its turn, then the connection ends; other errors are the connection's own.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError, state != .closing else {
      context.close(promise: nil)
      return
    }
    isMalformed = true
    takeNext(context)
  }

  private func takeNext(_ context: ChannelHandlerContext) {
    guard state == .idle else { return }
    if let request = waiting.popFirst() {
      respond(to: request, context)
    } else if isMalformed {
      var plan = ResponsePlan.problem(.bad("this is no HTTP/1.1 request, or its head is too long"))
      plan.adapt(isHead: false, isHTTP10: false, keepAlive: false)
      state = .preparing
      stats.update { $0.requests += 1 }
      start(plan, context)
    } else if isDraining {
      context.close(promise: nil)
    } else if readIsHeld {
      readIsHeld = false
      context.read()
    }
  }

  private func respond(to request: HTTPRequestHead, _ context: ChannelHandlerContext) {
    state = .preparing
    stats.update { $0.requests += 1 }
    // Behind an Upgrade or CONNECT the parser gives up on what follows; so do we.
    let goesOn =
      request.isKeepAlive && !isDraining && request.method != .CONNECT && !request.headers.contains(name: "Upgrade")
    let future = responder.plan(request, keepAlive: goesOn, on: context.eventLoop)
    future.assumeIsolated().whenComplete { result in
      guard self.state == .preparing, case .success(let plan) = result else { return }
      if plan.delay.nanoseconds > 0 {
        self.after(.nanoseconds(plan.delay.nanoseconds), context) { self.start(plan, context) }
      } else {
        self.start(plan, context)
      }
    }
  }

  // MARK: The response

  private func start(_ plan: ResponsePlan, _ context: ChannelHandlerContext) {
    stats.update {
      $0.responses[plan.head.status, default: 0] += 1
      $0.activeResponses += 1
      if let fault = plan.fault { $0.faults[fault.rawValue, default: 0] += 1 }
    }
    var head = context.channel.allocator.buffer(capacity: 512)
    plan.head.write(to: &head, date: date.now())
    self.plan = plan
    stream = plan.stream
    pacer = plan.pace.map { Pacer(bytesPerSecond: $0, start: NIODeadline.now().uptimeNanoseconds) }
    state = .sending
    context.write(wrapOutboundOut(head), promise: nil)
    sendNext(context)
  }

  private func sendNext(_ context: ChannelHandlerContext) {
    guard state == .sending else { return }
    var allowed = Int64(SlabReader.limit)
    if let pacer {
      allowed = min(allowed, pacer.allowance(at: NIODeadline.now().uptimeNanoseconds))
      if allowed == 0 {
        context.flush()
        waitForPace(pacer, context)
        return
      }
    }
    guard let piece = stream?.next(limit: Int(allowed)) else {
      context.flush()
      finish(context)
      return
    }
    let count = Int64(piece.readableBytes)
    pacer?.didSend(min(allowed, count))
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenSuccess { self.didSend(count, context) }
    context.writeAndFlush(wrapOutboundOut(piece), promise: promise)
  }

  /// The next piece waits for the loop's next turn: connections take turns, and nobody holds the slab any more.
  private func didSend(_ count: Int64, _ context: ChannelHandlerContext) {
    lastMove = .now()
    stats.update { $0.bodyBytes += count }
    context.eventLoop.assumeIsolated().execute { self.sendNext(context) }
  }

  private func waitForPace(_ pacer: Pacer, _ context: ChannelHandlerContext) {
    let now = NIODeadline.now().uptimeNanoseconds
    let next = pacer.nextStep()
    after(.nanoseconds(next > now ? Int64(clamping: next - now) : 0), context) { self.sendNext(context) }
  }

  private func finish(_ context: ChannelHandlerContext) {
    // The flush before may have found the client gone.
    guard state == .sending, let plan else { return }
    switch plan.ending {
    case .stall:
      state = .stalled
      return
    case .reset:
      state = .closing
      SendQueue.whenEmpty(context.channel, within: Self.closeLimit) { [channel = context.channel] in
        SendQueue.reset(channel)
      }
    case .fin:
      closeOutput(context)
    case .clean:
      if plan.closes { closeOutput(context) } else { state = .idle }
    }
    endResponse(completed: plan.ending == .clean)
    stream = nil
    if state == .idle { takeNext(context) }
  }

  private func endResponse(completed: Bool) {
    let ending = plan?.ending
    stats.update {
      $0.activeResponses -= 1
      if completed { $0.completedBodies += 1 } else if ending == .clean { $0.abandonedBodies += 1 }
    }
    plan = nil
  }

  /// FIN after the last byte, then whatever the client still says is read and dropped until it closes too: closing at
  /// once with unread bytes would make the kernel send RST and take back what is on its way.
  private func closeOutput(_ context: ChannelHandlerContext) {
    state = .closing
    waiting.removeAll()
    context.close(mode: .output, promise: nil)
    after(Self.closeLimit, context) { context.close(promise: nil) }
    if readIsHeld {
      readIsHeld = false
      context.read()
    }
  }

  // MARK: Time

  private func after(_ time: TimeAmount, _ context: ChannelHandlerContext, _ run: @escaping () -> Void) {
    timer?.cancel()
    timer = context.eventLoop.assumeIsolated().scheduleTask(in: time, run)
  }

  private func watchIdleness(_ context: ChannelHandlerContext) {
    let deadline = lastMove + Self.idleLimit
    idleTimer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      if NIODeadline.now() - self.lastMove >= Self.idleLimit {
        context.close(promise: nil)
      } else {
        self.watchIdleness(context)
      }
    }
  }
}

@available(*, unavailable)
extension OriginHandler: Sendable {}

/// Tells a connection that the server is going away: no request after the current one.
struct DrainEvent: Sendable {}
