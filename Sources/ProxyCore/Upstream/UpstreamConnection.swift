internal import NIOCore
internal import NIOPosix
internal import NIOTLS

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// One connection to the upstream: idle in the pool, or the other half of one exchange.
///
/// It passes bytes and endings on and decides nothing about them, except when idle: then any byte or end closes it.
/// Endings: a clean end (FIN, or TLS close_notify) and everything else are kept apart, because for a body that ends with
/// its connection the difference is that between whole and cut.
final class UpstreamConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let port = ChannelPort()
  private(set) var exchange: Exchange?
  private let pool: UpstreamPool
  private var reservation: UpstreamReservation?
  /// Until the TLS handshake is done.
  private var attempt: ConnectAttempt?
  private let isTLS: Bool
  /// Ends a TLS connection without its goodbye, for which TLS would wait seconds.
  let transport = TLSTransport()
  private var tail: ReceiveTail?
  private var tailIsScheduled = false
  private var hasEnded = false
  private let openedAt: NIODeadline
  /// When TCP was open and TLS began.
  private(set) var handshakeAt: NIODeadline?
  /// How it was opened.
  var timings: ConnectTimings?
  private var requests = 0
  /// Where it leads.
  private(set) lazy var address = port.context?.channel.remoteAddress
  let receive: LoopReceiveAllocator

  init(pool: UpstreamPool, reservation: UpstreamReservation, isTLS: Bool, attempt: ConnectAttempt) {
    self.pool = pool
    self.reservation = reservation
    self.isTLS = isTLS
    // Without TLS the attempt is over with the TCP connection, which its own future tells; from then on an error is the
    // exchange's.
    self.attempt = isTLS ? attempt : nil
    openedAt = .now()
    receive = LoopReceiveAllocator(pool.reads.large, firstRead: ProxyLimits.firstRead)
    port.onWritable = { [unowned self] in self.exchange?.upstreamCanTakeMore() }
  }

  /// Usable for a request: alive and not ending.
  var isUsable: Bool { port.isOpen && !hasEnded && tail == nil }

  /// Bytes may be taken out of its socket past NIO.
  var canSplice: Bool { !isTLS && isUsable }

  /// Whether NIO's reads only look whether there is more, or bring as much as they can.
  func readLittle(_ isLittle: Bool) { receive.buffers = isLittle ? pool.reads.small : pool.reads.large }

  /// Whether the kernel has neither bytes nor an end for an idle connection. The loop may not have heard of them yet, and
  /// bytes that nobody asked for must not become the next response (a response to no request, RFC 9112 §6.3). Over TLS
  /// they may be a record of TLS's own: then a reuse is lost, and nothing else.
  var isQuiet: Bool {
    guard transport.isBetweenRecords else { return false }
    guard let descriptor = port.descriptor else { return false }
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)
  }

  func attach(_ exchange: Exchange) {
    self.exchange = exchange
    requests += 1
    // A head is small, and most of a body behind it may go through a pipe.
    receive.buffers = exchange.splices && !isTLS ? pool.reads.head : pool.reads.large
  }

  /// Neither too old nor used too often; servers and load balancers move on, and so must connections.
  private func mayServeAgain(_ limits: ProxyLimits, _ now: NIODeadline) -> Bool {
    let isWorn = limits.upstreamRequests > 0 && requests >= limits.upstreamRequests
    return !isWorn && !openedAt.isOlder(than: limits.upstreamAge, at: now)
  }

  /// The exchange is over. Kept for another when `reuse`.
  func detach(reuse: Bool, at now: NIODeadline) {
    exchange = nil
    guard reuse, isUsable, mayServeAgain(pool.limits, now) else {
      close()
      return
    }
    port.resumeReads()
    pool.release(self, at: now)
  }

  func close() {
    exchange = nil
    attempt = nil
    tail = nil
    if isTLS { transport.closeNow() } else { port.close() }
  }

  /// Closes an idle connection. The future is there when it is closed and its place is free.
  func closeForGood(on eventLoop: any EventLoop) -> EventLoopFuture<Void> {
    let closed = port.context?.channel.closeFuture ?? eventLoop.makeSucceededVoidFuture()
    close()
    return closed
  }

  // MARK: Back-pressure

  func pause() { port.pauseReads() }

  func resume() {
    guard let tail else {
      port.resumeReads()
      return
    }
    readTail(tail)
  }

  // MARK: ChannelInboundHandler

  func handlerAdded(context: ChannelHandlerContext) { port.open(context) }
  func handlerRemoved(context: ChannelHandlerContext) { port.closed() }
  func channelActive(context: ChannelHandlerContext) { if isTLS { handshakeAt = .now() } }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard let exchange else {
      close()  // nobody asked
      return
    }
    let mustStop = port.isPaused && !isTLS && tail == nil
    let bytes = unwrapInboundIn(data)
    if !isTLS { receive.buffers.wasRead(bytes) }
    exchange.upstreamRead(bytes)
    // A read while reading is switched off means that NIO has begun to empty an ended connection.
    if mustStop, self.exchange === exchange { takeOverReading(context) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    exchange?.upstreamReadComplete()
    pool.reads.readIsOver()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) { port.writabilityChanged() }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case ChannelEvent.inputClosed:
      if tail == nil { ended(clean: true) }
    case TLSUserEvent.handshakeCompleted:
      let attempt = attempt
      self.attempt = nil
      attempt?.succeeded(self)
    default: context.fireUserInboundEventTriggered(event)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let attempt {
      self.attempt = nil
      attempt.failed(ConnectFailure(error))
    } else {
      ended(clean: false)
    }
    close()
  }

  func channelInactive(context: ChannelHandlerContext) {
    port.closed()
    reservation = nil
    if let attempt, isTLS {
      self.attempt = nil
      attempt.failed(ConnectFailure(cause: .connectionTerminated))
    }
    if let tail {
      // Ended by more than a FIN while its last bytes still wait to be read.
      tail.wasReset = true
    } else {
      // A plain socket tells a clean end by an event of its own; TLS tells an unclean one by an error.
      ended(clean: isTLS)
    }
    pool.ended(self)
  }

  private func ended(clean: Bool) {
    guard !hasEnded else { return }
    hasEnded = true
    guard let exchange else {
      close()
      pool.ended(self)
      return
    }
    exchange.upstreamEnded(clean: clean)
  }

  // MARK: The tail

  private func takeOverReading(_ context: ChannelHandlerContext) {
    guard let tail = port.descriptor.flatMap({ ReceiveTail(duplicating: $0, shared: pool.shared) }) else { return }
    self.tail = tail
    // Ends NIO's reading without shutting the socket's input, which on some systems would discard what is in it; the
    // public `close(mode: .input)` does shut it.
    context.channel._channelCore.close0(error: ChannelError.eof, mode: .input, promise: nil)
  }

  private func readTail(_ tail: ReceiveTail) {
    guard !tailIsScheduled else { return }
    let allocator = ByteBufferAllocator()
    // A few pieces at a time, so that other streams of this loop get their turn.
    for _ in 0..<4 {
      guard let exchange, self.tail === tail else { return }
      switch tail.read(allocator, maximum: pool.limits.upstreamRead) {
      case .bytes(let buffer):
        exchange.upstreamRead(buffer)
        exchange.upstreamReadComplete()
        guard self.exchange === exchange, exchange.clientTakesMore else { return }
      case .end: return finishTail(clean: true)
      case .failed: return finishTail(clean: false)
      }
    }
    tailIsScheduled = true
    let bound = NIOLoopBound(self, eventLoop: pool.loop)
    pool.loop.execute {
      bound.value.tailIsScheduled = false
      bound.value.resume()
    }
  }

  private func finishTail(clean: Bool) {
    tail = nil
    ended(clean: clean)
  }
}
