internal import NIOCore
internal import NIOPosix
internal import ToolSupport

/// One of the workers that ask the Runtime API for events: one connection, one invocation at a time, on one event loop.
///
/// `WorkerStateMachine` decides, this class does.
final class LambdaWorker {
  let loop: LoopContext
  let runtime: RuntimeContext
  private var machine: WorkerStateMachine
  private var connection: RuntimeConnection?
  private var invocation: Invocation?
  /// An event that is served as soon as there is a connection for its answer.
  private var pending: RuntimeReply?
  private var pause: Scheduled<Void>?
  private var polledAt = NIODeadline.now()
  /// When the last invocation ended, on a clock that runs on while the process is frozen.
  private var idleSince: UInt64?

  /// Who ends a question after that long does so by habit: longer than any pause of ours.
  private static let habit = TimeAmount.seconds(3)

  /// Opens a channel that ends in a `RuntimeConnection` of the worker's.
  typealias Dial = (LambdaWorker) -> EventLoopFuture<any Channel>
  private let dial: Dial

  /// - Parameter dial: tests give another, to see what passes.
  init(loop: LoopContext, runtime: RuntimeContext, dial: @escaping Dial = LambdaWorker.dial) {
    self.loop = loop
    self.runtime = runtime
    self.dial = dial
    machine = WorkerStateMachine(isManaged: runtime.settings.isManaged)
  }

  func start() { connect() }

  // MARK: Events

  func received(_ reply: RuntimeReply, from connection: RuntimeConnection) {
    guard connection === self.connection else { return }
    if machine.state == .polling {
      pending = reply
      perform(machine.next(status: reply.status, isEvent: InvocationKey(reply) != nil, persists: reply.persists))
      return
    }
    if reply.status >= 300 {
      let type = reply.errorType ?? ""
      runtime.log.warning("the Runtime API answered \(reply.status) \(type)", invocation: invocation?.id)
    }
    let isStuck = reply.status == 400 && reply.errorType == "InvalidFunctionResponseMode"
    perform(machine.reply(status: reply.status, isStuck: isStuck, persists: reply.persists))
  }

  func garbled(_ connection: RuntimeConnection) {
    guard connection === self.connection else { return }
    perform(machine.garbled())
  }

  func disconnected(_ connection: RuntimeConnection) {
    guard connection === self.connection else { return }
    self.connection = nil
    perform(machine.disconnected(wasQuiet: NIODeadline.now() - polledAt > Self.habit))
  }

  func canTakeMore() { invocation?.canTakeMore() }

  /// The invocation has given all of its response to the connection.
  func sent(_ invocation: Invocation) {
    guard invocation === self.invocation else { return }
    perform(machine.sent())
  }

  /// The response must not look whole: its upload ends where it is.
  func breakOff(_ invocation: Invocation) {
    guard invocation === self.invocation else { return }
    perform(machine.broken())
  }

  /// Waits no longer for the Runtime API.
  func giveUp(_ invocation: Invocation) {
    guard invocation === self.invocation else { return }
    runtime.log.warning("the Runtime API took nothing for too long", invocation: invocation.id)
    connection?.reset()
    connection = nil
    perform(machine.disconnected())
  }

  // MARK: Doing what the machine says

  private func perform(_ action: WorkerStateMachine.Action) {
    switch action {
    case .none: break
    case .connect:
      release()
      connect()
    case .poll: poll()
    case .serve: serve()
    case .rest(let time, let reason):
      if let reason { runtime.log.warning(reason) }
      rest(time)
    case .abandon(let loss):
      abandon(loss)
      connect()
    case .exit(let reason):
      invocation?.abandoned(.clientAbort)
      release()
      drop()
      runtime.exit(reason)
    }
  }

  /// First of all the next event is asked for: until then this worker counts as busy.
  private func poll() {
    guard !loop.shared.isDraining else {
      _ = stop()
      return
    }
    let done = invocation
    invocation = nil
    pending = nil
    polledAt = .now()
    connection?.send(runtime.wire.next)
    guard let done else { return }
    done.finished()
    idleSince = WallClock.milliseconds()
  }

  private func abandon(_ loss: WorkerStateMachine.Loss) {
    var cause = ProxyCause.clientAbort
    switch loss {
    case .connection:
      runtime.log.warning("the Runtime API ended the connection in mid-response", invocation: invocation?.id)
    case .garbled: runtime.log.warning("the Runtime API sent what nobody asked for", invocation: invocation?.id)
    case .refused(let status):
      if status == 413 { cause = .responseTooLarge }
      if status == 410 { cause = .invocationDeadline }
    }
    invocation?.abandoned(cause)
    release()
    drop()
  }

  private func release() {
    guard let invocation else { return }
    invocation.finished()
    self.invocation = nil
    idleSince = WallClock.milliseconds()
  }

  private func drop() {
    connection?.retire(on: loop.eventLoop)
    connection = nil
  }

  private func rest(_ time: Duration) {
    release()
    drop()
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    pause = loop.eventLoop.scheduleTask(in: TimeAmount(time)) {
      bound.value.pause = nil
      bound.value.perform(bound.value.machine.rested())
    }
  }

  private func connect() {
    drop()
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    dial(self).whenComplete { bound.value.connected($0) }
  }

  private static func dial(_ worker: LambdaWorker) -> EventLoopFuture<any Channel> {
    let bound = NIOLoopBound(worker, eventLoop: worker.loop.eventLoop)
    return ProxyPipeline.runtimeBootstrap(worker.loop.eventLoop, worker.loop.shared.configuration)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(RuntimeConnection(worker: bound.value))
        }
      }
      .connect(host: worker.runtime.settings.api.host, port: worker.runtime.settings.api.port)
  }

  private func connected(_ result: Result<any Channel, any Error>) {
    switch result {
    case .failure(let error): perform(machine.couldNotConnect(ConnectFailure(error).cause.rawValue))
    case .success(let channel):
      guard machine.state == .connecting, connection == nil else { return channel.close(promise: nil) }
      guard let connection = try? channel.pipeline.syncOperations.handler(type: RuntimeConnection.self),
        connection.port.isOpen
      else {
        channel.close(promise: nil)
        return perform(machine.couldNotConnect("it ended the connection at once"))
      }
      self.connection = connection
      perform(machine.connected())
    }
  }

  private func serve() {
    guard let connection, let reply = pending, let key = InvocationKey(reply) else { return }
    pending = nil
    forgetStaleConnections()
    let invocation = Invocation(key: key, reply: reply, worker: self, connection: connection)
    self.invocation = invocation
    invocation.begin()
  }

  /// After a freeze the upstream may have ended what looks open here, or a gateway between have forgotten it.
  private func forgetStaleConnections() {
    guard !runtime.settings.isManaged, let idleSince else { return }
    let idle = Duration.milliseconds(Int64(clamping: WallClock.milliseconds() &- idleSince))
    if loop.limits.upstreamIdle > .zero, idle > loop.limits.upstreamIdle { loop.pool.closeIdle() }
  }

  // MARK: The end

  /// Asks for no more events. True when there is nothing to wait for.
  func drain() -> Bool {
    guard machine.state != .serving else { return false }
    _ = stop()
    return true
  }

  /// Ends at once; an unfinished response is seen as such. True when there was one.
  func stop() -> Bool {
    pause?.cancel()
    pending = nil
    let cut = invocation?.abortForShutdown() ?? false
    machine.stop()
    invocation?.finished()
    invocation = nil
    drop()
    return cut
  }
}
