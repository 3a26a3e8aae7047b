internal import NIOCore
internal import NIOPosix
internal import ToolSupport

/// The proxy as a function's runtime: workers that ask the Runtime API for events, in place of a listener.
///
/// `start` returns once the workers are on their way; `shutdown` must be called once before the last reference goes.
final class LambdaRuntime: Sendable {
  let shared: SharedState
  private let group: MultiThreadedEventLoopGroup
  private let loops: LoopSet
  private let context: RuntimeContext
  /// Safe: made once before anything else sees this object; each worker is only touched on its own loop.
  private let workers: [(any EventLoop, NIOLoopBound<LambdaWorker>)]

  private init(
    shared: SharedState, group: MultiThreadedEventLoopGroup, loops: LoopSet, context: RuntimeContext,
    workers: [(any EventLoop, NIOLoopBound<LambdaWorker>)]
  ) {
    self.shared = shared
    self.group = group
    self.loops = loops
    self.context = context
    self.workers = workers
  }

  /// Starts the workers.
  ///
  /// - Throws: `ToolFailure` naming the file or address that stood in the way.
  static func start(_ configuration: ProxyConfiguration, _ settings: LambdaSettings) async throws -> LambdaRuntime {
    var configuration = configuration
    configuration.threads = min(configuration.threads, settings.concurrency)
    configuration.limits.upstreamRead = LambdaSettings.pieceBytes
    let tls = try TLSClient.context(configuration)
    let writer = try AccessLogWriter(configuration.accessLog.destination)
    let accessLog = AccessLog(configuration.accessLog.level, writer: writer)
    let shared = SharedState(
      configuration: configuration, tls: tls, accessLog: accessLog, instance: settings.instance)
    let context = RuntimeContext(settings: settings, log: RuntimeLog(writer: writer))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
    do {
      let loops = try await LoopSet.make(group, shared)
      let workers = try await makeWorkers(settings.concurrency, loops, context)
      let runtime = LambdaRuntime(shared: shared, group: group, loops: loops, context: context, workers: workers)
      for (loop, worker) in workers { loop.execute { worker.value.start() } }
      return runtime
    } catch {
      await writer.close(within: .zero)
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private static func makeWorkers(
    _ count: Int, _ loops: LoopSet, _ context: RuntimeContext
  ) async throws -> [(any EventLoop, NIOLoopBound<LambdaWorker>)] {
    var workers: [(any EventLoop, NIOLoopBound<LambdaWorker>)] = []
    for index in 0..<count {
      let (loop, bound) = loops.contexts[index % loops.contexts.count]
      let worker = try await loop.submit {
        NIOLoopBound(LambdaWorker(loop: bound.value, runtime: context), eventLoop: loop)
      }.get()
      workers.append((loop, worker))
    }
    return workers
  }

  /// Why the process must end; nil when it was told to.
  func waitForEnd() async -> String? {
    for await reason in context.endings { return reason }
    return nil
  }

  func log(_ message: String) { context.log.error(message) }

  /// Asks for no more events, lets invocations finish for at most `limit`, then ends them so that no response looks whole
  /// that is not. Returns how many were ended.
  @discardableResult
  func shutdown(within limit: Duration) async -> Int {
    guard loops.claimShutdown() else { return 0 }
    shared.beginDraining()
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while await each({ $0.drain() ? 0 : 1 }) > 0, clock.now < deadline {
      try? await Task.sleep(for: .milliseconds(5))
    }
    let cut = await each { $0.stop() ? 1 : 0 }
    _ = await loops.sum { $0.abortAll() }
    // Before the loops end: what was just sent has one turn to leave.
    try? await group.shutdownGracefully()
    await shared.accessLog?.writer.close(within: .milliseconds(50))
    return cut
  }

  private func each(_ body: @escaping @Sendable (LambdaWorker) -> Int) async -> Int {
    var total = 0
    for (loop, worker) in workers { total += (try? await loop.submit { body(worker.value) }.get()) ?? 0 }
    return total
  }
}
