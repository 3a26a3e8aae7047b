import NIOCore
import NIOPosix

@testable import ProxyCore

/// A resolver that answers every name alike: with a failure, or never.
struct FixedResolver: Resolver, Sendable {
  let eventLoop: any EventLoop
  /// Nil: no answer ever comes.
  let failure: ConnectFailure?

  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer() }
  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> { answer() }
  func cancelQueries() {}

  private func answer() -> EventLoopFuture<[SocketAddress]> {
    if let failure { return eventLoop.makeFailedFuture(failure) }
    // Ended with the test, so that no promise is dropped.
    return eventLoop.scheduleTask(in: .seconds(2)) { throw ConnectFailure(cause: .dnsTimeout) }.futureResult
  }
}
