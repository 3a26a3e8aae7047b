internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// The connections to the upstream that one event loop has, and the only place where new ones are made.
///
/// A connection is idle here or belongs to exactly one exchange. One that says anything while idle, or ends, is dropped.
/// Every connection counts against the server's limit from before it connects until it is closed.
final class UpstreamPool {
  private let shared: SharedState
  private let eventLoop: any EventLoop
  private var idle: IdleStack<UpstreamConnection>

  init(shared: SharedState, eventLoop: any EventLoop) {
    self.shared = shared
    self.eventLoop = eventLoop
    let limits = shared.configuration.limits
    idle = IdleStack(capacity: limits.upstreamConnections, timeout: limits.upstreamIdle)
  }

  var isEmpty: Bool { idle.count == 0 }
  var loop: any EventLoop { eventLoop }

  func takeIdle() -> UpstreamConnection? { idle.pop() }

  func release(_ connection: UpstreamConnection, at now: NIODeadline) {
    idle.push(connection, at: now)?.close()
  }

  /// Called by a connection that ended. It may be idle here.
  func ended(_ connection: UpstreamConnection) {
    _ = idle.remove(connection)
  }

  func expire(_ now: NIODeadline) {
    for connection in idle.expire(at: now) { connection.close() }
  }

  func closeIdle() {
    for connection in idle.removeAll() { connection.close() }
  }

  /// Opens a connection. Reports on this event loop, possibly before it returns.
  func connect(
    to target: UpstreamTarget, report: @escaping (Result<UpstreamConnection, ProxyCause>) -> Void
  ) -> ConnectAttempt {
    let attempt = ConnectAttempt(report: report)
    guard shared.hasSpareDescriptors else {
      attempt.failed(.outOfDescriptors)
      return attempt
    }
    guard shared.reserveUpstream() else {
      attempt.failed(.connectionLimit)
      return attempt
    }
    shared.descriptorOpened()
    let reservation = UpstreamReservation(shared: shared)
    let bound = NIOLoopBound((attempt, self), eventLoop: eventLoop)
    open(target, reservation, bound).whenComplete { result in
      let (attempt, _) = bound.value
      switch result {
      case .failure(let error): attempt.failed(ProxyCause(connection: error))
      // Over TLS the connection is ready only after its handshake, and says so itself.
      case .success(let channel) where !target.isTLS:
        if let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) {
          attempt.succeeded(connection)
        } else {
          attempt.failed(.connectionTerminated)
        }
      case .success: break
      }
    }
    return attempt
  }

  private func open(
    _ target: UpstreamTarget, _ reservation: UpstreamReservation, _ bound: NIOLoopBound<(ConnectAttempt, UpstreamPool)>
  ) -> EventLoopFuture<any Channel> {
    let configuration = shared.configuration
    let shared = shared
    let bootstrap = ProxyPipeline.upstreamBootstrap(eventLoop, configuration, isTLS: target.isTLS)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (attempt, pool) = bound.value
          guard !attempt.isOver else { throw ChannelError.ioOnClosedChannel }
          let connection = UpstreamConnection(pool: pool, reservation: reservation, isTLS: target.isTLS, attempt: attempt)
          attempt.add(connection)
          try ProxyPipeline.installUpstream(channel, connection, target: target, tls: shared.tls)
        }
      }
    if let address = try? SocketAddress(ipAddress: target.host, port: target.port) {
      return bootstrap.connect(to: address)
    }
    return bootstrap.connect(host: target.host, port: target.port)
  }
}

/// A place among the allowed upstream connections, given back when the last that holds it is gone.
final class UpstreamReservation: Sendable {
  private let shared: SharedState
  init(shared: SharedState) { self.shared = shared }
  deinit {
    shared.releaseUpstream()
    shared.descriptorClosed()
  }
}
