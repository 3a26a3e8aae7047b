public import ArgumentParser
public import ToolSupport

/// The `gzlambda` command: a local Lambda with a front that streams.
public struct GzlambdaCommand: AsyncParsableCommand, ConfiguredCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzlambda",
    abstract: "A local Lambda function behind a front that streams as AWS's do.",
    version: ToolVersion.current)

  public static let settingsRules = SettingsRules(prefix: "GZLAMBDA")

  public init() {}
}
