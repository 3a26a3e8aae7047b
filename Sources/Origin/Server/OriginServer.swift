internal import NIOCore
internal import NIOHTTP1

/// gzorigin as a server within a process: serves until `shutdown` or `drain` has been called.
///
/// Costs one thread an event loop and two for what must not run on one. A connection costs some 20 KiB idle and at most
/// about 600 KiB while a body is sent on it, however long the body is.
public final class OriginServer: Sendable {
  /// The port that is listened on, also when 0 was asked for.
  public var port: Int { server.port }

  private let server: ListeningServer
  private let catalog: BodyCatalog
  private let stats: OriginStats

  private init(server: ListeningServer, catalog: BodyCatalog, stats: OriginStats) {
    self.server = server
    self.catalog = catalog
    self.stats = stats
  }

  /// Returns once connections are accepted.
  ///
  /// - Throws: what the system says when the address cannot be listened on.
  public static func start(host: String = "127.0.0.1", port: Int = 0, threads: Int = 1) async throws -> OriginServer {
    let catalog = BodyCatalog()
    let stats = OriginStats()
    let responder = Responder(catalog: catalog, stats: stats)
    catalog.start()
    do {
      let server = try await ListeningServer.start(host: host, port: port, threads: threads) { channel in
        try install(channel, responder: responder, stats: stats)
      }
      return OriginServer(server: server, catalog: catalog, stats: stats)
    } catch {
      await catalog.shutdown()
      throw error
    }
  }

  /// The pipeline of a connection. Requests are parsed, responses are bytes that we make ourselves: half of them are wrong on
  /// purpose, and no encoder would let them through.
  private static func install(_ channel: any Channel, responder: Responder, stats: OriginStats) throws {
    let pipeline = channel.pipeline.syncOperations
    try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)))
    try pipeline.addHandler(OriginHandler(responder: responder, stats: stats))
  }

  /// What `/stats` says.
  var counts: OriginStats.Counts { stats.current }

  /// Stops listening, lets responses under way end (60 s at most), then closes.
  public func drain() async {
    await server.drain()
    await catalog.shutdown()
  }

  /// Closes every connection now.
  public func shutdown() async {
    await server.shutdown()
    await catalog.shutdown()
  }
}
