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
/// While a response is under way nothing is read but what came with the request. Of a body no more is queued than
/// `EmulatorServer.highWatermark` and one read of the runtime's connection.
final class FrontConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private enum State {
    case idle
    case receiving(HTTPRequestHead, ByteBuffer)
    case answering
    case closing
  }

  /// How long the end of a connection waits for the client to take the last bytes and close.
  static let closeLimit = TimeAmount.seconds(5)

  private let emulator: Emulator
  private var state = State.idle
  private var exchange: FrontExchange?
  private let end = PoliteEnd()
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var keepsAlive = true
  private var isDraining = false
  private var isReading = false
  private var isProcessing = false
  private var isMalformed = false
  private var context: ChannelHandlerContext?

  init(emulator: Emulator) { self.emulator = emulator }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    emulator.opened(self)
    readIfWanted()
  }

  func channelInactive(context: ChannelHandlerContext) {
    state = .closing
    end.cancel()
    exchange?.clientLeft()
    exchange = nil
    emulator.closed(self)
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    waiting.append(unwrapInboundIn(data))
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    readIfWanted()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { exchange?.onWritable?() }
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

  private func readIfWanted() {
    guard !isReading else { return }
    if case .answering = state { return }
    isReading = true
    context?.read()
  }

  // MARK: Requests

  private func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while !isAnswering, let part = waiting.popFirst() { take(part) }
    guard isMalformed, !isAnswering, !isClosing else { return }
    isMalformed = false
    keepsAlive = false
    answer(HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"), .badRequest)
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch (state, part) {
    case (.idle, .head(let head)): begin(head)
    case (.receiving(let head, var body), .body(let buffer)):
      // Its buffer is unique again while it grows.
      state = .idle
      body.writeImmutableBuffer(buffer)
      state = .receiving(head, body)
      refuseIfTooLarge(head, body.readableBytes)
    case (.receiving(let head, let body), .end):
      state = .answering
      emulator.take(request(head, body), on: makeExchange(head))
    default: break
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    // Behind an Upgrade or CONNECT the parser gives up on what follows; so do we.
    keepsAlive =
      head.isKeepAlive && !isDraining && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
    state = .receiving(head, ByteBuffer())
    if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
      refuseIfTooLarge(head, length)
    }
    guard case .receiving = state, head.headers.first(name: "expect")?.lowercased() == "100-continue" else { return }
    send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    context?.flush()
  }

  /// Answered before the rest arrives; the connection ends, since what follows is still the body.
  private func refuseIfTooLarge(_ head: HTTPRequestHead, _ count: Int) {
    guard count > emulator.bodyLimit else { return }
    keepsAlive = false
    answer(head, .requestTooLarge)
  }

  private func answer(_ head: HTTPRequestHead, _ cause: FrontCause) {
    state = .answering
    let exchange = makeExchange(head)
    exchange.refuse(cause)
  }

  private func makeExchange(_ head: HTTPRequestHead) -> FrontExchange {
    let sent = head.headers.first(name: "x-amzn-trace-id")
    let rules = FrontRules(
      front: emulator.configuration.front, requestID: InvocationID.requestID(),
      traceID: InvocationID.traceID(from: sent, milliseconds: EventTime.milliseconds()),
      isHead: head.method == .HEAD, isHTTP10: head.version == .http1_0,
      trailerEffect: emulator.configuration.trailerEffect)
    let made = FrontExchange(connection: self, rules: rules)
    exchange = made
    return made
  }

  private func request(_ head: HTTPRequestHead, _ body: ByteBuffer) -> IncomingRequest {
    IncomingRequest(
      head, body: body, clientAddress: context?.remoteAddress?.ipAddress ?? "127.0.0.1",
      port: context?.localAddress?.port ?? 0)
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
  var mayKeepAlive: Bool { keepsAlive && !isDraining }

  func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
  func flush() { context?.flush() }

  /// The response is through.
  func exchangeEnded(keepsAlive: Bool) {
    exchange = nil
    guard case .answering = state else { return }
    context?.flush()
    guard keepsAlive, !isDraining else { return close() }
    state = .idle
    // In a turn of its own: the invocation that has ended may not have been settled yet.
    context?.eventLoop.assumeIsolated().execute {
      self.process()
      self.readIfWanted()
    }
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
    waiting.removeAll()
    end.begin(context, lingering: Self.closeLimit)
    readIfWanted()
  }

  /// RST: for a body whose end is the connection's, a FIN would make a part of it look like the whole.
  func reset() {
    guard let context else { return }
    state = .closing
    waiting.removeAll()
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
