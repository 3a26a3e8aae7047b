internal import NIOCore
internal import NIOPosix

/// Tells Lambda that the runtime cannot start, so that the reason stands in its answer and not only in the log.
enum InitFailure {
  /// What the process may lose by it.
  private static let patience = TimeAmount.seconds(1)

  static func post(_ message: String, to api: RuntimeAddress) async {
    let report = RuntimeWire(api).initError(ErrorReport(type: "Runtime.InvalidConfiguration", message: message))
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let done = loop.makePromise(of: Void.self)
    let connection = ClientBootstrap(group: loop).connectTimeout(patience)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AnyAnswer(done))
        }
      }
      .connect(host: api.host, port: api.port)
    connection.whenFailure { _ in done.succeed() }
    connection.whenSuccess { $0.writeAndFlush(report, promise: nil) }
    let limit = loop.scheduleTask(in: patience) { done.succeed() }
    try? await done.futureResult.get()
    limit.cancel()
  }

  /// Whatever comes back, or an end, is enough.
  private final class AnyAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let done: EventLoopPromise<Void>

    init(_ done: EventLoopPromise<Void>) { self.done = done }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { done.succeed() }
    func channelInactive(context: ChannelHandlerContext) { done.succeed() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { done.succeed() }
  }
}
