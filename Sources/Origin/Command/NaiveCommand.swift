internal import ArgumentParser
internal import ToolSupport

/// `gzorigin naive`: see `NaiveProxyServer`.
struct NaiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "naive",
    abstract: "A proxy with the classic mistake: it copies Content-Length beside Transfer-Encoding: chunked.",
    discussion: """
      Example:
      $ gzorigin naive --listen 127.0.0.1:8082 --upstream http://127.0.0.1:8081

      Environment: GZORIGIN_UPSTREAM and those of gzorigin itself.
      """)

  @OptionGroup var options: ServerOptions

  @Option(help: ArgumentHelp("The origin to forward to, plain http.", valueName: "url"))
  var upstream: String?

  func run() async throws {
    guard let url = upstream ?? Environment.value("GZORIGIN_UPSTREAM") else {
      throw ToolFailure.usage("naive: --upstream URL is missing, such as --upstream http://127.0.0.1:8081")
    }
    let origin = try UpstreamAddress(parsing: url)
    let (address, threads) = try options.resolve()
    try await ServerRun.run(address, link: options.link) {
      let server = try await NaiveProxyServer.start(
        host: address.host, port: address.port, upstreamHost: origin.host, upstreamPort: origin.port, threads: threads)
      return ServerRun.Running(port: server.port, drain: { await server.drain() })
    }
  }
}
