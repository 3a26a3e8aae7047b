internal import NIOCore
internal import NIOHTTP1

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One client connection of the front: takes requests one at a time, whole, and carries the response of each.
///
/// ```
/// idle ─head▶ receiving ─end▶ answering ─response's end▶ idle
///                └─too large▶ answering, then closing
/// ```
/// While a response is under way nothing is read but what came with the request, and while the client does not take the last one
/// the next request waits. Of a body no more is queued than `EmulatorServer.highWatermark` and one read of the runtime's connection.
///
/// A client whose FIN comes behind its request is answered all the same: whether it still listens is told by what is written to
/// it. One that keeps a request waiting for longer than the configuration allows is left.
final class FrontConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  enum State {
    case idle
    case receiving(HTTPRequestHead, ByteBuffer)
    case answering
    case closing
  }

  /// How long the end of a connection waits for the client to take the last bytes and close.
  static let closeLimit = TimeAmount.seconds(5)

  let emulator: Emulator
  let intake = PartIntake()
  var state = State.idle
  var exchange: FrontExchange?
  /// Whether a request may follow the current one, as its head says.
  var keepsAlive = true
  var isDraining = false
  var context: ChannelHandlerContext?
  private let end = PoliteEnd()
  private var patience: Patience?
  private var isMalformed = false
  /// The client's FIN was read: no more can come.
  private var hasSaidAll = false
  /// Whether the bytes of the read under way have led to a request.
  private var tookRequest = false
  /// Whether the limit that runs is the request's.
  private var isTimed = false

  init(emulator: Emulator) { self.emulator = emulator }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    patience = Patience(context.eventLoop) { [weak self] in self?.close() }
    patience?.wait(emulator.configuration.idleLimit)
    emulator.opened(self)
    readIfWanted()
  }

  func channelInactive(context: ChannelHandlerContext) {
    state = .closing
    end.cancel()
    patience?.end()
    patience = nil
    exchange?.clientLeft()
    exchange = nil
    emulator.closed(self)
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    intake.append(unwrapInboundIn(data))
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    intake.readEnded()
    if !tookRequest { timeRequest() }
    tookRequest = false
    readIfWanted()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    guard context.channel.isWritable else { return }
    exchange?.onWritable?()
    if isIdle { context.eventLoop.assumeIsolated().execute { self.goOn() } }
  }

  /// What the parser refuses is answered in its turn, then the connection ends; other errors are the connection's own.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else {
      context.close(promise: nil)
      return
    }
    isMalformed = true
    process()
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? ChannelEvent, event == .inputClosed else {
      return context.fireUserInboundEventTriggered(event)
    }
    hasSaidAll = true
    // What it said before has its turn first.
    if isAnswering || isIdle && !intake.isEmpty { return }
    close()
  }

  private func readIfWanted() {
    if !isBlocked { intake.read(context) }
  }

  // MARK: Time

  /// From the first bytes of a request to the last: what comes in between does not prolong it.
  private func timeRequest() {
    guard !isAnswering, !isClosing, !isTimed else { return }
    isTimed = true
    patience?.wait(emulator.configuration.requestLimit)
  }

  /// The request is whole, or given up.
  func requestCame() {
    tookRequest = true
    isTimed = false
    patience?.rest()
  }

  // MARK: Turns

  private func process() {
    guard intake.take(unless: { isBlocked }, { take($0) }) else { return }
    guard isMalformed, !isBlocked, !isClosing else { return }
    isMalformed = false
    keepsAlive = false
    answer(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), .badRequest)
  }

  /// Nothing more is begun: neither beside a response, nor while the client leaves the last one unread.
  private var isBlocked: Bool { isAnswering || isIdle && !isWritable }

  private var isIdle: Bool {
    if case .idle = state { true } else { false }
  }

  private var isAnswering: Bool {
    if case .answering = state { true } else { false }
  }

  private var isClosing: Bool {
    if case .closing = state { true } else { false }
  }

  // MARK: What an exchange writes

  var isWritable: Bool { context?.channel.isWritable ?? true }
  /// Whether another request may follow the response under way.
  var mayKeepAlive: Bool { keepsAlive && !isDraining && !(hasSaidAll && intake.isEmpty) }

  func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
  func flush() { context?.flush() }

  /// The response is through.
  func exchangeEnded(keepsAlive: Bool) {
    exchange = nil
    guard case .answering = state else { return }
    context?.flush()
    guard keepsAlive, mayKeepAlive else { return close() }
    state = .idle
    patience?.wait(emulator.configuration.idleLimit)
    // In a turn of its own: the invocation that has ended may not have been settled yet.
    context?.eventLoop.assumeIsolated().execute { self.goOn() }
  }

  /// What came with the last request, then what is still to come.
  private func goOn() {
    process()
    switch state {
    case .receiving: timeRequest()
    // Nothing came with it, and nothing can come.
    case .idle where hasSaidAll && intake.isEmpty: close()
    default: break
    }
    // That was of earlier reads: what is read next has a limit of its own.
    tookRequest = false
    readIfWanted()
  }

  /// No request after the current one.
  func drain() {
    isDraining = true
    switch state {
    case .idle, .receiving: close()
    case .answering, .closing: break
    }
  }

  func close() {
    guard let context, !isClosing else { return }
    state = .closing
    patience?.rest()
    intake.removeAll()
    end.begin(context, lingering: Self.closeLimit)
    readIfWanted()
  }

  /// RST: for a body whose end is the connection's, a FIN would make a part of it look like the whole.
  func reset() {
    guard let context else { return }
    state = .closing
    intake.removeAll()
    if let socket = context.channel as? any SocketOptionProvider {
      _ = socket.setSoLinger(linger(l_onoff: 1, l_linger: 0))
    }
    context.close(promise: nil)
  }

  /// Whether a client still waits for bytes of a response.
  var isBusy: Bool { isAnswering || isClosing && end.isSending }
}

@available(*, unavailable)
extension FrontConnection: Sendable {}
