public import ArgumentParser
public import ToolSupport

/// The `gzproxy` command. `serve` is what it does when nothing else is said.
public struct GzproxyCommand: AsyncParsableCommand, ConfiguredCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzproxy",
    abstract: "A streaming reverse proxy that passes gzip bodies through untouched and never shows a cut one as whole.",
    discussion: """
      Examples:
        gzproxy --upstream http://127.0.0.1:9000
        gzproxy serve --listen 127.0.0.1:8080 --config proxy.yaml
        gzproxy check --config proxy.yaml

      Every option of serve and check is read from the environment too
      (--max-header-bytes is GZPROXY_MAX_HEADER_BYTES) and from the YAML file
      that --config or GZPROXY_CONFIG names (max-header-bytes: 64KiB).
      The command line wins over the environment, and that over the file.
      """,
    version: ToolVersion.current,
    subcommands: [ServeCommand.self, CheckCommand.self, LambdaCommand.self],
    defaultSubcommand: ServeCommand.self)

  public static let settingsRules = SettingsRules(
    prefix: "GZPROXY")

  public init() {}
}
