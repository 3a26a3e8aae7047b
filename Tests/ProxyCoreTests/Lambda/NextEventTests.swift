import NIOCore
import NIOPosix
import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

/// On Managed Instances a worker that has not asked again is a slot less: there is no queue before it. So nothing may come
/// between the answer to a response and the next question, the end of the old invocation least of all.
@Suite struct NextEventTests {
  @Test(arguments: [202, 400, 410, 413]) func isAskedForBeforeTheOldOneIsPutAway(_ status: Int) async throws {
    let origin = try ScriptedOrigin.answering(LambdaWorkerTests.small)
    let model = try RuntimeModel([LambdaWorkerTests.event(1)]) { _ in .answer(status) }
    let (notes, left) = try await Self.watched(model, upstream: origin.url) {
      #expect(await eventually { model.polls == 2 && model.parked == 1 }, "\(model.polls) questions")
    }
    #expect(notes == ["asked, 0 under way", "answered \(status)", "asked, 1 under way", "answer read"])
    #expect(left == 0)
  }

  /// What passed on a worker's connection, and how many invocations were left when `body` was done.
  private static func watched(
    _ model: RuntimeModel, upstream: String, _ body: () async throws -> Void
  ) async throws -> (notes: [String], left: Int) {
    let notes = Notes()
    var configuration = ProxyConfiguration(listen: .nowhere, upstream: try UpstreamTarget(url: upstream), threads: 1)
    configuration.accessLog.level = .off
    let writer = try AccessLogWriter(.file("/dev/null"))
    let settings = LambdaSettings(api: try RuntimeAddress("127.0.0.1:\(model.port)"), concurrency: 64, isManaged: true)
    let runtime = RuntimeContext(settings: settings, log: RuntimeLog(writer: writer))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loops = try await LoopSet.make(group, SharedState(configuration: configuration, tls: nil))
    let (loop, context) = loops.contexts[0]
    let worker = try await loop.submit {
      let worker = LambdaWorker(loop: context.value, runtime: runtime) { Self.dial($0, model.port, notes) }
      worker.start()
      return NIOLoopBound(worker, eventLoop: loop)
    }.get()
    try await body()
    let left = try await loop.submit { context.value.clientCount(.main) }.get()
    _ = try await loop.submit { worker.value.stop() }.get()
    try await group.shutdownGracefully()
    await writer.close(within: .zero)
    return withExtendedLifetime(loops) { (notes.all, left) }
  }

  private static func dial(_ worker: LambdaWorker, _ port: Int, _ notes: Notes) -> EventLoopFuture<any Channel> {
    let loop = worker.loop
    let bound = NIOLoopBound(worker, eventLoop: loop.eventLoop)
    return ProxyPipeline.runtimeBootstrap(loop.eventLoop, loop.shared.configuration)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(Watch(bound.value.loop, notes))
          try channel.pipeline.syncOperations.addHandler(RuntimeConnection(worker: bound.value))
        }
      }
      .connect(host: "127.0.0.1", port: port)
  }

  private final class Notes: Sendable {
    private let content = Mutex<[String]>([])
    var all: [String] { content.withLock { $0 } }
    func add(_ note: String) { content.withLock { $0.append(note) } }
  }

  /// Between the socket and the worker.
  private final class Watch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    private let loop: LoopContext
    private let notes: Notes
    private var hasQuestion = false

    init(_ loop: LoopContext, _ notes: Notes) { (self.loop, self.notes) = (loop, notes) }

    /// Everything that an answer makes the worker do at once happens inside the call that hands it on.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data))
      let isAnswer = !text.hasPrefix("HTTP/1.1 200 ")
      if isAnswer { notes.add("answered \(text.dropFirst(9).prefix(3))") }
      context.fireChannelRead(data)
      if isAnswer { notes.add("answer read") }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
      if String(buffer: unwrapOutboundIn(data)).hasPrefix("GET ") { hasQuestion = true }
      context.write(data, promise: promise)
    }

    /// From here on it is the kernel's.
    func flush(context: ChannelHandlerContext) {
      context.flush()
      guard hasQuestion else { return }
      hasQuestion = false
      notes.add("asked, \(loop.clientCount(.main)) under way")
    }
  }
}
