public import ArgumentParser
internal import NIOCore
internal import ToolSupport
internal import UnixSignals

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// `gzproxy serve`: listens until it is told to stop.
public struct ServeCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve as a reverse proxy in front of one upstream.",
    discussion: """
      The first line on stdout is `listening on http://HOST:PORT`. SIGTERM turns
      readyz to 503, stops accepting after --drain-delay, and lets streams finish
      for --drain-limit; a second one ends at once. SIGHUP opens the file of the
      access log anew. Options are read from GZPROXY_… variables and from --config
      too. Times need a unit (10s, 500ms), sizes may have one (64KiB).

      Examples:
        gzproxy serve --upstream http://127.0.0.1:9000
        gzproxy serve --upstream https://api.example.com/v1 --cacert ca.pem
        gzproxy serve --config proxy.yaml --threads 4
        GZPROXY_ACCESS_LOG=all gzproxy serve --config proxy.yaml
      """)

  @OptionGroup var options: ProxyOptions
  @OptionGroup var link: ChildLink

  public init() {}

  public func run() async throws {
    let descriptors = DescriptorLimit.raise()
    var configuration = try options.makeConfiguration()
    try Self.check(descriptors, configuration.threads)
    configuration.descriptorLimit = descriptors
    try FileCheck.run(configuration)
    // Before anything is announced: a signal that comes right after the first line must drain already.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let server = try await ProxyServer.start(configuration)
    announce(server, configuration)
    link.watchParent { _exit(ToolExit.couldNotRun.rawValue) }
    let reopening = await reopenLogOnHangUp(server, configuration.accessLog)
    let draining = await waitForSignals(signals, server)
    let cut = await draining.value
    reopening?.cancel()
    if cut > 0 {
      throw ToolFailure(
        .couldNotRun,
        "the drain limit came before the end of \(cut == 1 ? "1 stream, which was" : "\(cut) streams, which were") cut")
    }
  }

  /// Event loops that get no descriptors would end the process.
  private static func check(_ limit: Int, _ threads: Int) throws(ToolFailure) {
    let needed = SharedState.leastDescriptors(threads: threads) + 2
    guard limit < needed else { return }
    throw .usage(
      "--threads",
      "\(threads): needs \(needed) open files at least, and the limit is \(limit); raise it with ulimit -n, or use fewer"
    )
  }

  /// SIGHUP means what it does for other servers only where there is a log file; elsewhere it ends the process, as when a
  /// terminal closes.
  private func reopenLogOnHangUp(_ server: ProxyServer, _ log: AccessLogSettings) async -> Task<Void, Never>? {
    guard log.level != .off, case .file = log.destination else { return nil }
    let hangUps = await UnixSignalsSequence(trapping: .sighup)
    return Task {
      for await _ in hangUps { server.reopenAccessLog() }
    }
  }

  /// Returns the drain that the first signal began. A second signal ends the process.
  private func waitForSignals(_ signals: UnixSignalsSequence, _ server: ProxyServer) async -> Task<Int, Never> {
    let (firstSignal, first) = AsyncStream<Void>.makeStream()
    _ = Task {
      var count = 0
      for await _ in signals {
        count += 1
        guard count > 1 else {
          first.finish()
          continue
        }
        // A loop that does not answer must not keep the process.
        PlainThread.detach(name: "second-signal") {
          usleep(Self.cutMicroseconds)
          _exit(ToolExit.interrupted.rawValue)
        }
        await server.cutStreams()
        _exit(ToolExit.interrupted.rawValue)
      }
    }
    for await _ in firstSignal {}
    return Task { await server.shutdown() }
  }

  private static let cutMicroseconds: UInt32 = 200_000

  private func announce(_ server: ProxyServer, _ configuration: ProxyConfiguration) {
    func url(_ address: HostAndPort, _ port: Int) -> String {
      "http://" + (address.host.contains(":") ? "[\(address.host)]" : address.host) + ":\(port)"
    }
    print("listening on \(url(configuration.listen, server.port))")
    if let address = configuration.adminListen, let port = server.adminPort { print("admin on \(url(address, port))") }
    fflush(nil)
    link.announce(port: server.port, adminPort: server.adminPort)
  }
}
