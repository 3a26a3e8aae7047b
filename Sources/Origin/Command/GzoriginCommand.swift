public import ArgumentParser
internal import ToolSupport

/// `gzorigin`: serves deterministic gzip streams and every fault by name; `gzorigin naive` is the proxy that breaks them.
public struct GzoriginCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzorigin",
    abstract: "An origin of deterministic gzip streams, of any size, and of every way they go wrong.",
    discussion: """
      GET / on the server says what it serves.

      Examples:
        gzorigin                                        serve on http://127.0.0.1:8081
        curl -o f.gz 'http://127.0.0.1:8081/gzip/5GiB'  one valid gzip body, 5 GiB decoded
        curl 'http://127.0.0.1:8081/gzip/8MiB?framing=chunked&fault=cut@50%' | gzip -t
        curl -i http://127.0.0.1:8081/front/function-url-502
        gzorigin naive --upstream http://127.0.0.1:8081 --listen 127.0.0.1:8082

      Options may also be given in the environment: GZORIGIN_LISTEN, GZORIGIN_THREADS, GZORIGIN_INSECURE_OPEN=1.
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
