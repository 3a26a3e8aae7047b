internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// An emulator that serves until `drain` or `shutdown` has been called.
///
/// One event loop carries everything: clients, runtimes, and the state between them, which therefore needs no lock. Each
/// stream costs at most one read of the runtime's connection (`uploadRead`) and what is queued towards the client
/// (`highWatermark`).
final class EmulatorServer: Sendable {
  static let requestRead = 64 << 10
  static let uploadRead = 128 << 10
  static let highWatermark = 256 << 10
  static let lowWatermark = 64 << 10
  /// How long a drain waits for clients to take the last of their responses.
  static let drainLimit = Duration.seconds(900)

  /// The front's.
  let address: ListenAddress
  let runtimeAPIs: [ListenAddress]
  private let group: MultiThreadedEventLoopGroup
  private let front: any Channel
  private let emulator: NIOLoopBound<Emulator>
  private let log: EventLog

  private init(
    address: ListenAddress, runtimeAPIs: [ListenAddress], group: MultiThreadedEventLoopGroup, front: any Channel,
    emulator: NIOLoopBound<Emulator>, log: EventLog
  ) {
    self.address = address
    self.runtimeAPIs = runtimeAPIs
    self.group = group
    self.front = front
    self.emulator = emulator
    self.log = log
  }

  /// Returns once invocations are taken: on Managed Instances, once the runtime has asked for work.
  ///
  /// - Throws: `ToolFailure` with `couldNotRun` when an address cannot be listened on or the runtime does not come up.
  static func start(_ configuration: EmulatorConfiguration, log: EventLog = EventLog()) async throws -> EmulatorServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop = group.next()
    let emulator = try await loop.submit {
      let pool = EnvironmentPool(configuration, loop: loop, log: log) { listenForRuntimes($0, on: group) }
      return NIOLoopBound(Emulator(configuration, pool: pool), eventLoop: loop)
    }.get()
    do {
      let front = try await listen(configuration.listen, "--listen") {
        try await bootstrap(group, readSize: requestRead) { channel in
          try channel.pipeline.syncOperations.addHandler(FrontConnection(emulator: emulator.value))
        }.bind(host: configuration.listen.host, port: configuration.listen.port).get()
      }
      let address = ListenAddress(host: configuration.listen.host, port: front.localAddress?.port ?? 0)
      let apis = try await listen(configuration.runtimeAPI, "--runtime-api") {
        try await loop.flatSubmit { emulator.value.pool.start() }.get()
        return try await loop.submit { emulator.value.pool.environments.compactMap(\.api) }.get()
      }
      return EmulatorServer(
        address: address, runtimeAPIs: apis, group: group, front: front, emulator: emulator, log: log)
    } catch {
      try? await loop.submit { emulator.value.pool.kill() }.get()
      await log.close()
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Stops listening, lets invocations under way end, then the runtimes.
  func drain() async {
    let loop = group.next()
    let emulator = emulator
    try? await front.close().get()
    try? await loop.flatSubmit {
      emulator.value.drain()
      return emulator.value.pool.drain()
    }.get()
    await waitForClients()
    await close()
  }

  /// A response that is through here may be on its way for a while.
  private func waitForClients() async {
    let emulator = emulator
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: Self.drainLimit)
    while clock.now < deadline, (try? await group.next().submit { emulator.value.busyClients }.get()) ?? 0 > 0 {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Ends everything now.
  func shutdown() async {
    let emulator = emulator
    try? await front.close().get()
    try? await group.next().flatSubmit {
      emulator.value.pool.kill()
      return emulator.value.pool.drain()
    }.get()
    await close()
  }

  private func close() async {
    await log.close()
    try? await group.shutdownGracefully()
  }

  // MARK: Listening

  /// The first environment has the configured address, further ones free ports of the same host.
  private static func listenForRuntimes(
    _ environment: Environment, on group: MultiThreadedEventLoopGroup
  ) -> EventLoopFuture<Void> {
    let wanted = environment.configuration.runtimeAPI
    let bound = NIOLoopBound(environment, eventLoop: environment.loop)
    return bootstrap(group, readSize: uploadRead) { channel in
      try channel.pipeline.syncOperations.addHandler(RuntimeConnection(environment: bound.value))
    }.bind(host: wanted.host, port: environment.id == "env-1" ? wanted.port : 0).map { channel in
      bound.value.api = ListenAddress(host: wanted.host, port: channel.localAddress?.port ?? 0)
    }
  }

  /// Both sides parse with NIO's llhttp, and make their bytes themselves.
  private static func bootstrap(
    _ group: MultiThreadedEventLoopGroup, readSize: Int, install: @escaping @Sendable (any Channel) throws -> Void
  ) -> ServerBootstrap {
    ServerBootstrap(group: group)
      // Without descriptors accept fails at once, every time: wait instead of trying again in a circle.
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
        }
      }
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Who has said all may still listen: a runtime, and a client too.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // Handlers ask for every read: what nobody can take stays in the kernel.
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readSize))
      .childChannelOption(.writeBufferWaterMark, value: .init(low: lowWatermark, high: highWatermark))
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
          try install(channel)
        }
      }
  }

  private static func listen<Value: Sendable>(
    _ address: ListenAddress, _ option: String, _ start: () async throws -> Value
  ) async throws -> Value {
    do { return try await start() } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      throw ToolFailure(.couldNotRun, "\(option): cannot listen on \(address.authority): \(reason)")
    } catch let error as ToolFailure {
      throw error
    } catch {
      throw ToolFailure(.couldNotRun, "\(option): cannot listen on \(address.authority): \(error)")
    }
  }
}
