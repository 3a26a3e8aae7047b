internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// The connections to the upstream that one event loop has, and the only place where new ones are made.
///
/// A connection is idle here or belongs to exactly one exchange. One that says anything while idle, or ends, is dropped.
/// Every connection counts against the server's limit from before it connects until it is closed; at the limit, idle
/// connections make room, this loop's own or another's.
final class UpstreamPool {
  let shared: SharedState
  private let eventLoop: any EventLoop
  let reads: LoopReads
  private var idle: IdleStack<UpstreamConnection>
  /// The pools of all loops, this one among them; set once by the server.
  var neighbours: Neighbours?

  init(shared: SharedState, eventLoop: any EventLoop, reads: LoopReads) {
    self.shared = shared
    self.reads = reads
    self.eventLoop = eventLoop
    let limits = shared.configuration.limits
    idle = IdleStack(capacity: limits.upstreamConnections, timeout: limits.upstreamIdle)
  }

  var limits: ProxyLimits { shared.configuration.limits }
  var isEmpty: Bool { idle.count == 0 }
  var idleCount: Int { idle.count }
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

  /// Closes the idle connection that has waited longest. False when there is none; otherwise its place is free when the
  /// future is there.
  func closeOldestIdle() -> EventLoopFuture<Bool> {
    guard let connection = idle.popOldest() else { return eventLoop.makeSucceededFuture(false) }
    return connection.closeForGood(on: eventLoop).map { true }
  }

  /// Opens a connection. Reports on this event loop, possibly before it returns.
  func connect(
    to target: UpstreamTarget, report: @escaping (Result<UpstreamConnection, ConnectFailure>) -> Void
  ) -> ConnectAttempt {
    let attempt = ConnectAttempt(report: report)
    claim(target, attempt, nextLoop: 0)
    return attempt
  }

  /// - Parameter nextLoop: the first of the loops that has not been asked yet to give up an idle connection.
  private func claim(_ target: UpstreamTarget, _ attempt: ConnectAttempt, nextLoop: Int) {
    guard let cause = shared.claimUpstream() else {
      return open(target, UpstreamReservation(shared: shared), attempt)
    }
    guard let neighbours, nextLoop < neighbours.count else { return attempt.failed(ConnectFailure(cause: cause)) }
    let bound = NIOLoopBound((attempt, self), eventLoop: eventLoop)
    neighbours.closeOldestIdle(nextLoop, eventLoop).whenComplete { _ in
      let (attempt, pool) = bound.value
      if !attempt.isOver { pool.claim(target, attempt, nextLoop: nextLoop + 1) }
    }
  }

  private func open(_ target: UpstreamTarget, _ reservation: UpstreamReservation, _ attempt: ConnectAttempt) {
    let bound = NIOLoopBound((attempt, self), eventLoop: eventLoop)
    let shared = shared
    channel(target, reservation, bound).whenComplete { result in
      let (attempt, _) = bound.value
      switch result {
      case .success(let channel) where Self.isProhibited(channel.remoteAddress, shared.configuration.prohibited):
        channel.close(promise: nil)
        attempt.failed(ConnectFailure(cause: .destinationProhibited))
      case .failure(let error):
        var failure = ConnectFailure(error)
        // The time was over before there was an address to connect to.
        if failure.cause == .connectionTimeout, !attempt.hasAddress { failure.cause = .dnsTimeout }
        attempt.failed(failure)
      // Over TLS the connection is ready only after its handshake, and says so itself.
      case .success(let channel) where !target.isTLS:
        if let connection = try? channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) {
          attempt.succeeded(connection)
        } else {
          attempt.failed(ConnectFailure(cause: .connectionTerminated))
        }
      case .success: break
      }
    }
  }

  private static func isProhibited(_ address: SocketAddress?, _ prohibited: RuntimeAddress?) -> Bool {
    guard let prohibited, let address, let text = address.ipAddress, address.port == prohibited.port else {
      return false
    }
    return prohibited.isReached(at: text)
  }

  private func channel(
    _ target: UpstreamTarget, _ reservation: UpstreamReservation, _ bound: NIOLoopBound<(ConnectAttempt, UpstreamPool)>
  ) -> EventLoopFuture<any Channel> {
    let configuration = shared.configuration
    let shared = shared
    let bootstrap = ProxyPipeline.upstreamBootstrap(eventLoop, configuration, isTLS: target.isTLS)
      .resolver(configuration.resolver)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          let (attempt, pool) = bound.value
          guard !attempt.isOver else { throw ChannelError.ioOnClosedChannel }
          let connection = UpstreamConnection(
            pool: pool, reservation: reservation, isTLS: target.isTLS, attempt: attempt)
          attempt.add(connection)
          try ProxyPipeline.installUpstream(channel, connection, target: target, tls: shared.tls)
        }
      }
    if let address = try? SocketAddress(ipAddress: target.host, port: target.port) {
      return bootstrap.connect(to: address)
    }
    bound.value.0.timings.resolving(at: .now())
    return bootstrap.connect(host: target.host, port: target.port)
  }
}
