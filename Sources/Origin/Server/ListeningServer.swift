internal import NIOCore
internal import NIOPosix

/// A listening socket, its connections and the event loops that serve them: what both of this module's servers are made
/// of.
final class ListeningServer: Sendable {
  /// Bytes taken in one read. Requests are small, and with this a pipelining client is bounded.
  static let readSize = 16 * 1024
  /// How long a drain waits for responses under way.
  static let drainLimit = TimeAmount.seconds(60)

  let port: Int
  private let group: MultiThreadedEventLoopGroup
  private let channel: any Channel
  private let connections: ConnectionList

  private init(port: Int, group: MultiThreadedEventLoopGroup, channel: any Channel, connections: ConnectionList) {
    self.port = port
    self.group = group
    self.channel = channel
    self.connections = connections
  }

  /// - Parameter install: adds the handlers of a connection, on its event loop.
  static func start(
    host: String, port: Int, threads: Int, install: @escaping @Sendable (any Channel) throws -> Void
  ) async throws -> ListeningServer {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: max(1, threads))
    let connections = ConnectionList()
    let bootstrap = ServerBootstrap(group: group)
      // Without descriptors accept fails at once, every time: wait instead of trying again in a circle.
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
        }
      }
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: readSize))
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          connections.add(channel)
          try install(channel)
        }
      }
    do {
      let channel = try await bootstrap.bind(host: host, port: port).get()
      return ListeningServer(
        port: channel.localAddress?.port ?? port, group: group, channel: channel, connections: connections)
    } catch {
      try? await group.shutdownGracefully()
      throw error
    }
  }

  /// Stops listening at once, lets responses under way end within `drainLimit`, then ends the event loops.
  func drain() async {
    try? await channel.close().get()
    await connections.drain(within: Self.drainLimit, on: group.next())
    try? await group.shutdownGracefully()
  }

  /// Closes everything now.
  func shutdown() async {
    try? await channel.close().get()
    connections.closeAll()
    try? await group.shutdownGracefully()
  }
}
