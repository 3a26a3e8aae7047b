public import ArgumentParser
internal import ToolSupport

/// `gzorigin`: serves deterministic gzip streams and every fault by name; `gzorigin naive` is the proxy that breaks
/// them.
public struct GzoriginCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzorigin",
    abstract: "An origin of deterministic gzip streams, of any size, and of every way they go wrong.",
    discussion: """
      \(Page.catalog)

      Examples:
      $ gzorigin --listen 127.0.0.1:8081
      $ curl -o f.gz http://127.0.0.1:8081/gzip/5GiB
      $ curl 'http://127.0.0.1:8081/gzip/8MiB?fault=cut@50%' | gzip -t
      $ curl -i http://127.0.0.1:8081/front/function-url-502
      $ gzorigin naive --listen 127.0.0.1:8082 --upstream http://127.0.0.1:8081

      Environment: GZORIGIN_LISTEN, GZORIGIN_THREADS, GZORIGIN_INSECURE_OPEN=1.
      """,
    version: ToolVersion.current,
    subcommands: [NaiveCommand.self])

  @OptionGroup var options: ServerOptions

  public init() {}

  public func run() async throws {
    let (address, threads) = try options.resolve()
    try await ServerRun.run(address, link: options.link) {
      let server = try await OriginServer.start(host: address.host, port: address.port, threads: threads)
      return ServerRun.Running(port: server.port, drain: { await server.drain() })
    }
  }
}
