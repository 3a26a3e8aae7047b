internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A running proxy: its listeners and event loops.
///
/// `start` returns once it listens; `shutdown` must be called once before the last reference goes.
public final class ProxyServer: Sendable {
  private let shared: SharedState
  private let group: MultiThreadedEventLoopGroup
  private let loops: LoopSet
  private let mainListener: any Channel
  private let adminListener: (any Channel)?
  /// The port in use on the main listener.
  public let port: Int
  /// The port in use on the admin listener, where there is one.
  public let adminPort: Int?

  private init(
    shared: SharedState, group: MultiThreadedEventLoopGroup, loops: LoopSet, main: any Channel, admin: (any Channel)?
  ) {
    self.shared = shared
    self.group = group
    self.loops = loops
    mainListener = main
    adminListener = admin
    port = main.localAddress?.port ?? 0
    adminPort = admin.flatMap { $0.localAddress?.port }
  }

  /// Binds and begins to serve.
  ///
  /// - Throws: `ToolFailure` naming the address or file that stood in the way.
  public static func start(_ configuration: ProxyConfiguration) async throws -> ProxyServer {
    let tls = try TLSClient.context(configuration)
    let accessLog = try AccessLog(configuration.accessLog)
    let shared = SharedState(configuration: configuration, tls: tls, accessLog: accessLog)
    let group = MultiThreadedEventLoopGroup(numberOfThreads: configuration.threads)
    do {
      let loops = try await LoopSet.make(group, shared)
      let main = try await bind(configuration.listen, .main, "--listen", group, loops, configuration)
      guard let address = configuration.adminListen else {
        return ProxyServer(shared: shared, group: group, loops: loops, main: main, admin: nil)
      }
      do {
        let admin = try await bind(address, .admin, "--admin-listen", group, loops, configuration)
        return ProxyServer(shared: shared, group: group, loops: loops, main: main, admin: admin)
      } catch {
        try? await main.close()
        throw error
      }
    } catch {
      await accessLog?.writer.close(within: .zero)
      try? await group.shutdownGracefully()
      throw error
    }
  }

  private static func bind(
    _ address: HostAndPort, _ role: IngressRole, _ option: String, _ group: MultiThreadedEventLoopGroup,
    _ loops: LoopSet, _ configuration: ProxyConfiguration
  ) async throws -> any Channel {
    let bootstrap = ProxyPipeline.server(group, loops.byLoop, configuration, role: role)
    do {
      return try await bootstrap.bind(host: address.host, port: address.port).get()
    } catch let error as IOError {
      let reason = String(cString: strerror(error.errnoCode))
      throw ToolFailure(.couldNotRun, "\(option) \(address.host):\(address.port): \(reason)")
    } catch {
      throw ToolFailure(.couldNotRun, "\(option) \(address.host):\(address.port): cannot listen there (\(error))")
    }
  }

  /// Stops accepting, lets streams finish for at most `limit` (default: the configuration's), then cuts them without a
  /// clean end. Returns how many were cut. Later calls return 0 at once.
  ///
  /// `readyz` says 503 from the first moment on; the listener goes on accepting for the configuration's `drainDelay`, so
  /// that who looks there can stop sending first. The admin listener stays to the end.
  @discardableResult
  public func shutdown(within limit: Duration? = nil) async -> Int {
    guard loops.claimShutdown() else { return 0 }
    shared.beginDraining()
    let delay = limit == .zero ? .zero : shared.configuration.limits.drainDelay
    if delay > .zero { try? await Task.sleep(for: delay) }
    try? await mainListener.close()
    await loops.each { $0.drain() }
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit ?? shared.configuration.limits.drain)
    while clock.now < deadline, await loops.sum({ $0.clientCount(.main) }) > 0 {
      try? await Task.sleep(for: .milliseconds(20))
    }
    try? await adminListener?.close()
    let cut = await loops.sum { $0.abortAll() }
    try? await group.shutdownGracefully()
    await shared.accessLog?.writer.close(within: AccessLogWriter.lastWords)
    return cut
  }

  /// Cuts every stream where it is, for a process that is about to end: a plain exit would let the kernel send a FIN,
  /// which looks like success where a body ends with its connection. Waits for nothing else, and for
  /// the access log only a moment.
  public func cutStreams() async {
    _ = await loops.sum { $0.abortAll() }
    await shared.accessLog?.writer.close(within: .milliseconds(100))
  }

  /// Opens the file of the access log anew, after it was moved away. Does nothing without one.
  public func reopenAccessLog() { shared.accessLog?.writer.reopen() }
}

/// The event loops of one server and what each owns.
final class LoopSet: Sendable {
  let byLoop: [ObjectIdentifier: NIOLoopBound<LoopContext>]
  let contexts: [(any EventLoop, NIOLoopBound<LoopContext>)]
  private let isShutDown = Atomic<Bool>(false)

  private init(_ contexts: [(any EventLoop, NIOLoopBound<LoopContext>)]) {
    self.contexts = contexts
    byLoop = Dictionary(uniqueKeysWithValues: contexts.map { (ObjectIdentifier($0.0), $0.1) })
  }

  static func make(_ group: MultiThreadedEventLoopGroup, _ shared: SharedState) async throws -> LoopSet {
    var contexts: [(any EventLoop, NIOLoopBound<LoopContext>)] = []
    for loop in group.makeIterator() {
      let bound = try await loop.submit {
        NIOLoopBound(LoopContext(eventLoop: loop, shared: shared), eventLoop: loop)
      }.get()
      contexts.append((loop, bound))
    }
    let set = LoopSet(contexts)
    let process = ProcessReporter(shared: shared)
    for (loop, bound) in contexts {
      try await loop.submit {
        bound.value.pool.neighbours = Neighbours(count: set.contexts.count) { [unowned set] index, requester in
          set.closeOldestIdle(index).hop(to: requester)
        }
        bound.value.gather = { [unowned set] document, requester in
          set.gather(document, on: requester, process)
        }
      }.get()
    }
    return set
  }

  func claimShutdown() -> Bool {
    isShutDown.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged
  }

  func each(_ body: @escaping @Sendable (LoopContext) -> Void) async {
    for (loop, bound) in contexts { try? await loop.submit { body(bound.value) }.get() }
  }

  func sum(_ body: @escaping @Sendable (LoopContext) -> Int) async -> Int {
    var total = 0
    for (loop, bound) in contexts { total += (try? await loop.submit { body(bound.value) }.get()) ?? 0 }
    return total
  }

  private func closeOldestIdle(_ index: Int) -> EventLoopFuture<Bool> {
    let (loop, bound) = contexts[index]
    return loop.flatSubmit { bound.value.pool.closeOldestIdle() }
  }

  /// Asks every loop and puts the document together on the one that asked.
  private func gather(
    _ document: TelemetryDocument, on requester: any EventLoop, _ process: ProcessReporter
  ) -> EventLoopFuture<String> {
    let limit = document == .stats ? StatsDocument.maximumStreams : 0
    let reports = contexts.map { loop, bound in loop.submit { bound.value.report(streamLimit: limit) } }
    return EventLoopFuture.whenAllSucceed(reports, on: requester).map { document.text(process.report(), $0) }
  }
}

/// How upstream certificates are checked.
enum TLSClient {
  static func context(_ configuration: ProxyConfiguration) throws -> NIOSSLContext? {
    guard configuration.upstream?.isTLS == true else { return nil }
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["http/1.1"]
    if let file = configuration.certificateAuthorities { tls.trustRoots = .file(file) }
    do {
      return try NIOSSLContext(configuration: tls)
    } catch {
      let file = configuration.certificateAuthorities ?? "the system's certificates"
      throw ToolFailure(.couldNotRun, "--cacert: cannot read \(file): it must be a file of PEM certificates")
    }
  }
}
