internal import NIOCore
internal import NIOHTTP1

/// One connection of a runtime: takes its calls one at a time and hands them to the environment.
///
/// ```
/// idle ─next▶ parked ─invocation▶ idle
///   ├─response▶ uploading ─end▶ finishing ─answer▶ idle
///   │               └─too large, too late, …▶ discarding ─end, answer▶ idle, or closing
///   └─error, init/error▶ collecting ─end▶ idle
/// ```
/// Reads only when the state wants bytes. While parked it reads too, to see the runtime go; a runtime that talks meanwhile has
/// lost the thread, and is disconnected. Parts that arrive before their turn wait: those of one read at most.
final class RuntimeConnection: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = ByteBuffer

  private enum State {
    case idle
    case parked
    case uploading
    /// The upload is whole, its receiver not through with it.
    case finishing
    case collecting(RuntimeRoute, HTTPHeaders, ByteBuffer)
    /// What is left of the body is not wanted. The answer, if it was not given yet, comes behind it.
    case discarding(budget: Int, answer: RuntimeAnswer?)
    case closing
  }

  /// What is read of an unwanted body before it is answered. One that is longer costs the runtime its connection: as Go's
  /// server does it, and so all of AWS's supervisors.
  static let discardLimit = 256 << 10
  /// How long the end of a connection waits for the runtime to take the last answer.
  static let closeLimit = TimeAmount.seconds(2)

  private let environment: Environment
  private var state = State.idle
  private var receiver: (any UploadReceiver)?
  private let end = PoliteEnd()
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var isProcessing = false
  private var keepsAlive = true
  /// Of a body whose length was declared.
  private var bodyLeft: Int?
  private var context: ChannelHandlerContext?
  private var isReading = false

  init(environment: Environment) { self.environment = environment }

  // MARK: Channel

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelActive(context: ChannelHandlerContext) {
    environment.opened(self)
    readIfWanted()
  }

  func channelInactive(context: ChannelHandlerContext) {
    end.cancel()
    environment.closed(self)
    let receiver = receiver
    self.receiver = nil
    let wasUploading = if case .uploading = state { true } else { false }
    if case .parked = state { environment.left(self) }
    state = .closing
    if wasUploading { Self.end(receiver) }
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    waiting.append(unwrapInboundIn(data))
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    isReading = false
    receiver?.receivedBurst()
    readIfWanted()
  }

  /// What the parser refuses, the end of the bytes in the middle of a message included. An upload that ends so broke off; its
  /// runtime may still listen.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else {
      context.close(promise: nil)
      return
    }
    if case .uploading = state { Self.end(receiver) } else if !isClosing { write(.badRequest) }
    receiver = nil
    close()
  }

  /// A runtime that says nothing any more is heard out; nothing else comes after it.
  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard let event = event as? ChannelEvent, event == .inputClosed else {
      return context.fireUserInboundEventTriggered(event)
    }
    keepsAlive = false
    switch state {
    case .finishing: break
    case .uploading where !waiting.isEmpty: break
    default: close()
    }
  }

  /// What came before the break reaches the client.
  private static func end(_ receiver: (any UploadReceiver)?) {
    receiver?.receivedBurst()
    receiver?.uploadBroke()
  }

  private func readIfWanted() {
    guard !isReading, wantsMore else { return }
    isReading = true
    context?.read()
  }

  private var wantsMore: Bool {
    switch state {
    case .idle, .parked, .collecting, .discarding, .closing: true
    case .uploading: receiver?.wantsMore ?? false
    case .finishing: false
    }
  }

  // MARK: Calls

  private func process() {
    guard !isProcessing else { return }
    isProcessing = true
    defer { isProcessing = false }
    while !isBlocked, let part = waiting.popFirst() { take(part) }
  }

  private var isBlocked: Bool {
    if case .finishing = state { true } else { false }
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch (state, part) {
    case (.idle, .head(let head)): begin(head)
    case (.parked, .end), (.idle, .end), (.closing, _): break
    case (.uploading, .body(let buffer)):
      bodyLeft = bodyLeft.map { $0 - buffer.readableBytes }
      receiver?.receive(buffer)
    case (.uploading, .end(let trailers)):
      state = .finishing
      receiver?.receivedEnd(trailers)
    case (.collecting(let route, let fields, var body), .body(let buffer)):
      // Held by nobody else, or every piece would copy all that came before.
      state = .idle
      // One byte more than allowed is enough to tell.
      body.writeImmutableBuffer(buffer.prefix(max(0, environment.errorBodyLimit + 1 - body.readableBytes)))
      state = .collecting(route, fields, body)
    case (.collecting(let route, let fields, let body), .end):
      state = .idle
      report(route, fields, body)
    case (.discarding(let budget, let answer), .body(let buffer)): discard(budget - buffer.readableBytes, answer)
    case (.discarding(_, let answer), .end):
      state = .idle
      if let answer { write(answer) }
    default: close()
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    keepsAlive = head.isKeepAlive
    bodyLeft = head.headers.first(name: "content-length").flatMap { Int($0) }
    if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
      send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    }
    let route = RuntimeRoute(head.method, head.uri)
    switch route {
    case .next:
      state = .parked
      environment.next(self)
    case .response(let id): upload(id, head.headers)
    case .error, .initError:
      state = .collecting(route, head.headers, ByteBuffer())
    case .ping: refuse(.pong)
    case .notFound: refuse(.notFound)
    case .methodNotAllowed: refuse(.methodNotAllowed)
    }
  }

  private func upload(_ id: String, _ fields: HTTPHeaders) {
    state = .uploading
    switch environment.response(id, fields, source: self) {
    case .success(let receiver): self.receiver = receiver
    case .failure(let refusal): refuse(refusal.answer)
    }
  }

  private func report(_ route: RuntimeRoute, _ fields: HTTPHeaders, _ body: ByteBuffer) {
    let answer =
      switch route {
      case .error(let id): environment.error(id, fields, body)
      default: environment.initError(fields, body)
      }
    write(answer)
  }

  /// Answers although the body may still be coming.
  private func refuse(_ answer: RuntimeAnswer) {
    let isLong = bodyLeft.map { $0 >= Self.discardLimit } ?? false
    guard answer.closes || isLong else {
      state = .discarding(budget: Self.discardLimit, answer: answer)
      return
    }
    state = .discarding(budget: Self.discardLimit, answer: nil)
    write(answer.closing)
  }

  private func discard(_ left: Int, _ answer: RuntimeAnswer?) {
    state = .discarding(budget: left, answer: answer)
    guard left <= 0 else { return }
    if let answer { write(answer.closing) } else { close() }
  }

  // MARK: Answers

  /// Ends a parked `/next` with an invocation.
  func deliver(_ invocation: Invocation, function: FunctionIdentity) {
    guard case .parked = state else { return }
    state = .idle
    send(NextResponse.bytes(invocation, function: function, keepsAlive: keepsAlive))
    if !keepsAlive { close() }
    process()
    readIfWanted()
  }

  /// Ends a parked `/next` with an answer.
  func refuseNext(_ answer: RuntimeAnswer) {
    guard case .parked = state else { return }
    state = .idle
    write(answer)
  }

  private func write(_ answer: RuntimeAnswer) {
    let closes = answer.closes || !keepsAlive
    send(NextResponse.bytes(answer, keepsAlive: !closes))
    if closes { close() }
  }

  private func send(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

  func close() {
    guard let context, !isClosing else { return }
    if case .parked = state { environment.left(self) }
    state = .closing
    waiting.removeAll()
    end.begin(context, lingering: Self.closeLimit)
    readIfWanted()
  }

  private var isClosing: Bool {
    if case .closing = state { true } else { false }
  }
}

extension RuntimeConnection: UploadSource {
  func resumeUpload() { readIfWanted() }

  func answerUpload(_ answer: RuntimeAnswer) {
    receiver = nil
    switch state {
    case .uploading: refuse(answer)
    case .finishing:
      state = .idle
      write(answer)
    default: return
    }
    process()
    readIfWanted()
  }
}

@available(*, unavailable)
extension RuntimeConnection: Sendable {}

extension ByteBuffer {
  fileprivate func prefix(_ count: Int) -> ByteBuffer {
    getSlice(at: readerIndex, length: min(count, readableBytes)) ?? ByteBuffer()
  }
}
