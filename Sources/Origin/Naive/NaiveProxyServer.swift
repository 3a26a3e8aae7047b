internal import NIOCore
internal import NIOHTTP1

/// A proxy as it is often written, to be judged by those that do it right: it copies every header of the upstream's response,
/// Content-Length included, and sends the body chunked, so that the response has two lengths (RFC 9112 §6.3 forbids it).
///
/// In all else it is well-behaved: it streams, with back-pressure, at most `NaiveExchange.queueLimit` bytes queued.
public final class NaiveProxyServer: Sendable {
  /// The port that is listened on, also when 0 was asked for.
  public var port: Int { server.port }

  private let server: ListeningServer

  private init(server: ListeningServer) { self.server = server }

  /// Returns once connections are accepted. The upstream is not contacted before the first request.
  ///
  /// - Throws: what the system says when the address cannot be listened on.
  public static func start(
    host: String = "127.0.0.1", port: Int = 0, upstreamHost: String, upstreamPort: Int, threads: Int = 1
  ) async throws -> NaiveProxyServer {
    let server = try await ListeningServer.start(host: host, port: port, threads: threads) { channel in
      let pipeline = channel.pipeline.syncOperations
      try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
      try pipeline.addHandler(NaiveFront(upstreamHost: upstreamHost, upstreamPort: upstreamPort))
    }
    return NaiveProxyServer(server: server)
  }

  /// Stops listening, lets responses under way end (60 s at most), then closes.
  public func drain() async { await server.drain() }

  /// Closes every connection now.
  public func shutdown() async { await server.shutdown() }
}
