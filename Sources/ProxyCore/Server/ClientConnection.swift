internal import NIOCore

/// One client's connection: reads request heads, answers what concerns the proxy itself, and hands everything else to an
/// `Exchange`, one at a time and in order.
///
///     head ──request──▶ exchange ──whole──▶ head …
///       │                  └──close, answer or abort──▶ lingering ──▶ gone
///       └──fault──▶ lingering
///
/// Bounded: a head by its limits, later requests that arrive early by `pipelinedBytes`, time by the limits that the loop's
/// tick looks at. The connection's end cancels whatever is going on at once; a client that ends only its sending side
/// counts as gone, since HTTP cannot tell the two apart.
final class ClientConnection: ChannelInboundHandler, Ingress {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  enum Phase { case head, exchange, lingering }

  let port = ChannelPort()
  let loop: LoopContext
  var exchange: Exchange?
  let role: IngressRole
  var hello: HelloStream?
  var phase = Phase.head
  var parser: HeadParser
  /// Bytes that nobody has taken yet: part of a head, a body that waits for its upstream, or later requests.
  var inbound = ByteBuffer()
  private var isProcessing = false
  var servesRequests = 0
  private var lingered = 0
  var since: NIODeadline
  var written: Int64 = 0
  var writeProgress: NIODeadline
  var readRate = RateWindow()
  private(set) var addresses = (client: "", port: 0)
  /// What a log tells of the request that is being served; nil without a log.
  var request: RequestSummary?
  /// Logs the stream that is about to be answered here, with the size of the answer.
  var logAnswer: ((_ bytes: Int) -> Void)?
  private var trustsPeer = false
  /// The same for all requests of this client; made for its first.
  private var forwarding: RequestForwarding.Context?
  /// Among the connections from its address.
  private var isCounted = false

  init(loop: LoopContext, role: IngressRole) {
    self.loop = loop
    self.role = role
    parser = HeadParser(.request, limits: loop.limits.requestHead)
    since = loop.now
    writeProgress = loop.now
    port.onWritable = { [unowned self] in self.canTakeMore() }
  }

  // MARK: ChannelInboundHandler

  func handlerAdded(context: ChannelHandlerContext) {
    port.open(context)
    since = loop.readClock()
    writeProgress = since
    addresses = (context.remoteAddress?.ipAddress ?? "unknown", context.localAddress?.port ?? 0)
    trustsPeer = loop.shared.configuration.trustedProxies.contains { $0.contains(addresses.client) }
    loop.shared.descriptorOpened()
    loop.add(self)
  }

  /// Turned away while there are descriptors left to do it with: at the limit itself nobody could be told.
  func channelActive(context: ChannelHandlerContext) {
    // Who looks after the proxy is let in above all when it is in trouble; the reserve is there for that.
    guard role == .main else { return }
    if !loop.shared.hasSpareDescriptors { return refuse(.outOfDescriptors, head: nil) }
    if !loop.shared.memory.hasRoom(at: loop.now) { return refuse(.memoryLimit, head: nil) }
    isCounted = loop.shared.clientCame(from: addresses.client)
    if !isCounted { refuse(.tooManyConnections, head: nil) }
  }

  func handlerRemoved(context: ChannelHandlerContext) { gone() }
  func channelInactive(context: ChannelHandlerContext) { gone() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    // Reading is switched off, so this is what NIO empties out of a connection that the client has ended.
    if port.isPaused { return port.close() }
    let bytes = unwrapInboundIn(data)
    loop.counters.bytes.add(.fromClient, Int64(bytes.readableBytes))
    loop.reads.large.wasRead(bytes)
    take(bytes)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    exchange?.clientReadComplete()
    loop.reads.readIsOver()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { port.writabilityChanged() }

  private func take(_ bytes: ByteBuffer) {
    var bytes = bytes
    if phase == .lingering {
      lingered += bytes.readableBytes
      if lingered > ProxyLimits.lingerBytes { port.close() }
      return
    }
    if inbound.readableBytes == 0, let exchange, !exchange.requestIsComplete, exchange.clientRead(&bytes) {
      guard phase == .exchange || bytes.readableBytes > 0 else { return }
    }
    guard phase != .lingering, bytes.readableBytes > 0 else { return }
    if inbound.readableBytes == 0 {
      inbound = bytes
    } else {
      inbound.writeBuffer(&bytes)
    }
    if phase == .head { process() }
    // What has to wait does not keep the loop's buffer.
    inbound = inbound.fitted()
    if phase != .head, inbound.readableBytes > ProxyLimits.pipelinedBytes {
      port.pauseReads()
    }
  }

  private func canTakeMore() {
    writeProgress = loop.now
    exchange?.clientCanTakeMore()
    guard phase == .head else { return }
    resumeRequest()
    process()
  }

  func pauseRequest() { port.pauseReads() }
  var isRequestPaused: Bool { port.isPaused }

  func resumeRequest() {
    if phase == .lingering || inbound.readableBytes <= ProxyLimits.pipelinedBytes { port.resumeReads() }
  }

  /// Hands over what arrived of the body before there was an upstream.
  func feedRequestBody(to exchange: Exchange) {
    guard !exchange.requestIsComplete, inbound.readableBytes > 0 else { return }
    // Moved out first: a fault in it ends the exchange before `clientRead` returns, and that clears `inbound`.
    var bytes = inbound
    inbound = ByteBuffer()
    _ = exchange.clientRead(&bytes)
    if phase == .exchange, bytes.readableBytes > 0 { inbound = bytes }
  }

  private func gone() {
    guard port.isOpen || exchange != nil else { return }
    port.closed()
    noteDeparture()
    hello?.stop()
    hello = nil
    exchange?.clientEnded()
    if loop.remove(self) { loop.shared.descriptorClosed() }
    if isCounted { loop.shared.clientLeft(addresses.client) }
    isCounted = false
  }

  // MARK: Requests

  private func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while phase == .head, port.isOpen, inbound.readableBytes > 0 {
      // Who asks again and again and takes no answer is not heard until it does: answers would pile up.
      guard port.canTakeMore() else { return port.pauseReads() }
      if !parser.hasStarted { since = loop.now }
      switch parser.parse(&inbound) {
      case .incomplete:
        // Nothing but more bytes can complete it, whatever early requests had switched reading off.
        return port.resumeReads()
      case .fault(let fault): return refuse(ProxyCause(request: fault), head: nil)
      case .head(let head):
        if inbound.readableBytes == 0 { inbound = ByteBuffer() }
        begin(head)
      }
    }
  }

  private func begin(_ head: MessageHead) {
    servesRequests += 1
    loop.readClock()
    serve(head, makeID: loop.makeRequestID)
  }

  func beginAnswer() { phase = .exchange }
  var isAnswering: Bool { port.isOpen && phase == .exchange }

  func requestHead(
    _ head: MessageHead, _ facts: RequestFacts, to target: UpstreamTarget
  ) throws(ProxyCause) -> ByteBuffer {
    var context = forwarding ?? forwardingContext(target)
    if context.known?.isOf(facts) != true { context.known = .init(head, facts, context) }
    forwarding = context
    return try RequestForwarding.head(head, facts, context)
  }

  private func forwardingContext(_ target: UpstreamTarget) -> RequestForwarding.Context {
    let configuration = loop.shared.configuration
    return RequestForwarding.Context(
      upstream: target, hostPolicy: configuration.hostPolicy, hopToken: loop.shared.hopToken,
      writesVia: configuration.via, clientAddress: addresses.client, trustsPeer: trustsPeer,
      localPort: addresses.port)
  }

  /// The exchange was whole.
  func exchangeFinished(keep: Bool) {
    guard keep, !loop.shared.isDraining else { return linger() }
    next()
  }

  func next() {
    phase = .head
    request = nil
    since = loop.now
    resumeRequest()
    process()
  }

  // MARK: The response

  var takesSplice: Bool { true }
  var delivery: ResponseDelivery { ResponseDelivery(framing: .http(exchange?.facts.version ?? .http11)) }
  var refusal: ProxyCause? { nil }
  var limitDetail: FailureDetail { .none }
  var location: String? { nil }
  var invocationID: String? { nil }
  var clientAddress: String { addresses.client }
  var unreadBytes: Int { inbound.readableBytes }

  func responseHead(
    _ head: MessageHead, _ response: ResponseFacts, _ context: ResponseForwarding.Context
  ) -> ByteBuffer {
    ResponseForwarding.head(head, response, context)
  }

  func streamedHead(_ head: ByteBuffer) -> ByteBuffer { head }
  var alwaysGreets: Bool { false }

  func frame(_ piece: ByteBuffer, emit: (ByteBuffer) -> Void) { emit(piece) }

  func write(_ answer: ByteBuffer, closes: Bool) {
    guard port.isOpen else { return }
    loop.counters.bytesOut += Int64(answer.readableBytes)
    port.send(answer)
    port.flush()
    guard port.isOpen else { return }
    if closes { linger() } else { next() }
  }

  // MARK: Endings

  /// The body was cut after its head: everything that arrived goes out, and then no proper end.
  func abort(_ cause: ProxyCause, reset: Bool) {
    guard port.isOpen else { return }
    if reset { port.reset() } else { linger() }
  }

  /// Sends FIN after what is written and reads on for a while, so that the client's last bytes do not turn into a reset
  /// that would destroy ours (RFC 9112 §9.6).
  func linger() {
    guard port.isOpen else { return }
    phase = .lingering
    inbound = ByteBuffer()
    since = loop.now
    // While descriptors are short, one more connection is worth more than a polite end of this one.
    port.refresh()
    guard loop.shared.hasSpareDescriptors || port.outbox.backlog > 0 else { return port.close() }
    port.closeOutput()
    port.resumeReads()
  }

  /// Nothing to finish: an idle connection ends now.
  func drain() {
    if phase == .head, !parser.hasStarted { port.close() }
  }

  /// Ends at once, so that an unfinished response is seen as such. True when one was cut: also one that is whole but has
  /// not all reached the kernel, and one that had no head yet, which is told so.
  func abortForShutdown() -> Bool {
    port.refresh()
    let isUnsent = port.outbox.backlog > 0 || hello != nil
    if let exchange {
      if exchange.abortForShutdown() {
        port.reset()
      } else {
        answer(.draining, to: exchange.facts, requestIsComplete: false)
      }
      return true
    }
    if isUnsent {
      loop.counters.incomplete += 1
      port.reset()
    } else {
      port.close()
    }
    return isUnsent
  }
}
