public import ArgumentParser
internal import ToolSupport

/// `gzproxy check`: says whether `serve` would take these options, and what they come to.
public struct CheckCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check the options of serve and print what they come to.",
    discussion: """
      Takes what serve takes, from the same places, and neither listens nor
      connects. The result is YAML for --config, each line with its source:
      flag, a variable's name, file:line, or default. Passwords are masked.
      Exit 0: valid. 2: a wrong option. 104: a wrong variable or file.

      Examples:
        gzproxy check --config proxy.yaml
        GZPROXY_VIA=off gzproxy check --upstream http://127.0.0.1:9000
      """)

  @OptionGroup var options: ProxyOptions

  public init() {}

  public func run() async throws {
    let configuration = try options.makeConfiguration()
    try FileCheck.run(configuration)
    try SettingsText.print(GzproxyCommand.self)
  }
}
