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

  enum State {
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

  let environment: Environment
  let intake = PartIntake()
  let end = PoliteEnd()
  var state = State.idle
  var receiver: (any UploadReceiver)?
  var keepsAlive = true
  /// Of a body whose length was declared.
  var bodyLeft: Int?
  var context: ChannelHandlerContext?

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
    let receiver = receiver
    self.receiver = nil
    let wasUploading = if case .uploading = state { true } else { false }
    if case .parked = state { environment.left(self) }
    state = .closing
    if wasUploading { Self.end(receiver) }
    // Last: with its last connection an environment may end, and what came over this one has been passed on by now.
    environment.closed(self)
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    intake.append(unwrapInboundIn(data))
    process()
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    intake.readEnded()
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
    case .uploading where !intake.isEmpty: break
    default: close()
    }
  }

  /// What came before the break reaches the client.
  private static func end(_ receiver: (any UploadReceiver)?) {
    receiver?.receivedBurst()
    receiver?.uploadBroke()
  }

  func readIfWanted() {
    if wantsMore { intake.read(context) }
  }

  private var wantsMore: Bool {
    switch state {
    case .idle, .parked, .collecting, .discarding, .closing: true
    case .uploading: receiver?.wantsMore ?? false
    case .finishing: false
    }
  }
}

@available(*, unavailable)
extension RuntimeConnection: Sendable {}
