internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Every channel of the proxy is made here: which options it has, which handlers, and why.
enum ProxyPipeline {
  static func server(
    _ group: MultiThreadedEventLoopGroup, _ loops: [ObjectIdentifier: NIOLoopBound<LoopContext>],
    _ configuration: ProxyConfiguration, role: IngressRole
  ) -> ServerBootstrap {
    return ServerBootstrap(group: group)
      // Without descriptors accept fails at once, every time: wait instead of trying again in a circle.
      .serverChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler(shouldForwardIOErrorCaught: false))
        }
      }
      .serverChannelOption(.backlog, value: 1024)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      // Bounds what the kernel holds for a slow client.
      .childChannelOption(.socketOption(.so_sndbuf), value: .init(clamping: configuration.clientSendBuffer))
      .childChannelOption(.writeBufferWaterMark, value: ChannelPort.emptyMark)
      // One read a turn: a pause takes effect at once, and the channel keeps one receive buffer and not four.
      .childChannelOption(.maxMessagesPerRead, value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          guard let loop = loops[ObjectIdentifier(channel.eventLoop)] else { throw ChannelError.operationUnsupported }
          let reads = LoopReceiveAllocator(loop.value.reads.large, firstRead: ProxyLimits.firstRead)
          try channel.syncOptions?.setOption(.recvAllocator, value: reads)
          try channel.pipeline.syncOperations.addHandler(ClientConnection(loop: loop.value, role: role))
        }
      }
  }

  static func upstreamBootstrap(
    _ eventLoop: any EventLoop, _ configuration: ProxyConfiguration, isTLS: Bool
  ) -> ClientBootstrap {
    let receive =
      isTLS
      ? min(configuration.upstreamReceiveBuffer, ProxyLimits.tlsReceiveBuffer) : configuration.upstreamReceiveBuffer
    let limits = configuration.limits
    let connect = limits.upstreamConnect
    return ClientBootstrap(group: eventLoop)
      .connectTimeout(connect > .zero ? TimeAmount(connect) : .hours(1))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_rcvbuf), value: .init(clamping: receive))
      .channelOption(.writeBufferWaterMark, value: ChannelPort.emptyMark)
      .channelOption(.maxMessagesPerRead, value: 1)
      // Fixed: an adaptive one starts small and costs more reads than the bytes it saves.
      .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: limits.upstreamRead))
      // A FIN must be told from a reset, and what is left after it be read at the client's pace. NIOSSL has its own way.
      .channelOption(.allowRemoteHalfClosure, value: !isTLS)
  }

  /// To the Runtime API: a socket of this machine.
  static func runtimeBootstrap(_ eventLoop: any EventLoop, _ configuration: ProxyConfiguration) -> ClientBootstrap {
    return ClientBootstrap(group: eventLoop)
      .connectTimeout(.seconds(5))
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_sndbuf), value: .init(clamping: configuration.clientSendBuffer))
      .channelOption(.writeBufferWaterMark, value: ChannelPort.emptyMark)
      .channelOption(.maxMessagesPerRead, value: 1)
      // Answers are small, events may be megabytes.
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 2048, maximum: 65536))
  }

  static func installUpstream(
    _ channel: any Channel, _ connection: UpstreamConnection, target: UpstreamTarget, tls: NIOSSLContext?
  ) throws {
    if target.isTLS {
      guard let tls else { throw ProxyCause.internalError }
      // SNI takes names only; a certificate for an address is checked against the peer's.
      let isAddress = (try? SocketAddress(ipAddress: target.host, port: target.port)) != nil
      let handler = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : target.host)
      try channel.pipeline.syncOperations.addHandler(connection.transport)
      try channel.pipeline.syncOperations.addHandler(handler)
    } else {
      try channel.syncOptions?.setOption(.recvAllocator, value: connection.receive)
    }
    try channel.pipeline.syncOperations.addHandler(connection)
  }
}
