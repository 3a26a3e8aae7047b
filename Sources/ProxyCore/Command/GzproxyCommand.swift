public import ArgumentParser
internal import ToolSupport

/// The `gzproxy` command. `serve` is what it does when nothing else is said.
public struct GzproxyCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzproxy",
    abstract: "A streaming reverse proxy that passes gzip bodies through untouched and never shows a cut one as whole.",
    discussion: """
      Examples:
        gzproxy --upstream http://127.0.0.1:9000
        gzproxy serve --listen 127.0.0.1:8080 --upstream https://api.example.com/v1 --telemetry
        gzproxy serve --upstream http://127.0.0.1:9000 --admin-listen 127.0.0.1:0
      """,
    version: ToolVersion.current,
    subcommands: [ServeCommand.self],
    defaultSubcommand: ServeCommand.self)

  public init() {}
}
