internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// The client's side of the naive proxy: takes requests one at a time, opens a connection to the upstream for each on the same
/// event loop, and is written to by its `NaiveBack`. The two read only while the other can write.
final class NaiveFront: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// A request's body is kept until it is whole, up to here.
  static let requestBodyLimit = 1024 * 1024
  private static let connectLimit = TimeAmount.seconds(5)

  private let upstreamHost: String
  private let upstreamPort: Int
  private var request: HTTPRequestHead?
  private var body = ByteBuffer()
  private var waiting = CircularBuffer<(HTTPRequestHead, ByteBuffer)>()
  private var isBusy = false
  private var readIsHeld = false
  private var isDraining = false
  private var keepsAlive = true
  private var back: (any Channel)?
  private var context: ChannelHandlerContext?

  init(upstreamHost: String, upstreamPort: Int) {
    self.upstreamHost = upstreamHost
    self.upstreamPort = upstreamPort
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelInactive(context: ChannelHandlerContext) {
    back?.close(promise: nil)
    back = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      request = head
      body = ByteBuffer()
    case .body(var part):
      guard body.readableBytes + part.readableBytes <= Self.requestBodyLimit else {
        failed("the request's body is larger than 1 MiB\n")
        return
      }
      body.writeBuffer(&part)
    case .end:
      guard let request else { return }
      self.request = nil
      waiting.append((request, body))
      takeNext()
    }
  }

  func read(context: ChannelHandlerContext) {
    if isBusy { readIsHeld = true } else { context.read() }
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { back?.read() }
    context.fireChannelWritabilityChanged()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is DrainEvent {
      isDraining = true
      if !isBusy { context.close(promise: nil) }
      return
    }
    context.fireUserInboundEventTriggered(event)
  }

  private func takeNext() {
    guard let context, !isBusy else { return }
    guard let (request, body) = waiting.popFirst() else {
      if readIsHeld {
        readIsHeld = false
        context.read()
      }
      return
    }
    isBusy = true
    keepsAlive = request.isKeepAlive && request.version == .http1_1 && !isDraining
    connect(request, body, on: context.eventLoop)
  }

  private func connect(_ request: HTTPRequestHead, _ body: ByteBuffer, on loop: any EventLoop) {
    let authority = UpstreamAddress(host: upstreamHost, port: upstreamPort).authority
    let head = NaiveRules.request(request, authority: authority, bodyLength: body.readableBytes)
    let front = NIOLoopBound(self, eventLoop: loop)
    ClientBootstrap(group: loop)
      .connectTimeout(Self.connectLimit)
      .channelOption(.autoRead, value: false)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
      .channelOption(.maxMessagesPerRead, value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(HTTPRequestEncoder())
          try pipeline.addHandler(ByteToMessageHandler(decoder))
          try pipeline.addHandler(NaiveBack(front: front.value, method: request.method))
        }
      }
      .connect(host: upstreamHost, port: upstreamPort)
      .assumeIsolated()
      .whenComplete { result in
        switch result {
        case .success(let channel): self.connected(channel, head, body)
        case .failure: self.failed("the upstream cannot be reached\n")
        }
      }
  }

  private func connected(_ channel: any Channel, _ head: HTTPRequestHead, _ body: ByteBuffer) {
    guard let context, context.channel.isActive else {
      channel.close(promise: nil)
      return
    }
    back = channel
    channel.write(HTTPClientRequestPart.head(head), promise: nil)
    if body.readableBytes > 0 { channel.write(HTTPClientRequestPart.body(.byteBuffer(body)), promise: nil) }
    channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
    channel.read()
  }

  // MARK: Called by the back

  var canWrite: Bool { context?.channel.isWritable ?? false }

  var keepsConnection: Bool { keepsAlive }

  func send(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }

  func flush() { context?.flush() }

  /// The response is whole.
  func finished() {
    back = nil
    isBusy = false
    context?.flush()
    if keepsAlive, !isDraining { takeNext() } else { context?.close(promise: nil) }
  }

  /// Nothing was sent yet, so there is a status to say it with.
  func failed(_ text: String) {
    guard let context else { return }
    back = nil
    context.writeAndFlush(wrapOutboundOut(NaiveRules.failure(text))).whenComplete { [channel = context.channel] _ in
      channel.close(promise: nil)
    }
  }

  /// The body broke off: the client learns it from a connection that ends without the last chunk.
  func broken() {
    back = nil
    context?.close(promise: nil)
  }
}

@available(*, unavailable)
extension NaiveFront: Sendable {}
