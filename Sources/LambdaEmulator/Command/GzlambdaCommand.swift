public import ArgumentParser
public import ToolSupport

/// The `gzlambda` command: a local Lambda with a front that streams.
public struct GzlambdaCommand: AsyncParsableCommand, ConfiguredCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzlambda",
    abstract: "A local Lambda function behind a front that streams as AWS's do.",
    discussion: """
      Starts the runtime named behind --, gives it a Runtime API, and turns HTTP
      requests into the events of a Function URL, a REST API or a load balancer.
      The first line on stdout is `listening on http://HOST:PORT`, the second
      `runtime api on HOST:PORT`. /.gzlambda/stats tells memory and counts; the
      runtime's own lines, START, END and REPORT are on stderr. SIGTERM lets
      invocations end, a second one ends at once.

      Examples:
        gzlambda -- ./bootstrap
        gzlambda --instances managed --concurrency 64 -- ./bootstrap
        gzlambda --front rest --invoke-mode buffered --timeout 29 -- \
          python3 -m awslambdaric app.handler
        gzlambda --front alb --alb-multi-value --memory 512 -- ./bootstrap
        gzlambda --attach --runtime-api 127.0.0.1:9001

      Every option is read from the environment too (--invoke-mode is
      GZLAMBDA_INVOKE_MODE) and from the YAML file that --config or GZLAMBDA_CONFIG
      names (invoke-mode: buffered). The runtime sees none of these variables.
      """,
    version: ToolVersion.current)

  public static let settingsRules = SettingsRules(prefix: "GZLAMBDA")

  @OptionGroup var options: EmulatorOptions
  @OptionGroup var link: ChildLink

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The runtime and its arguments, behind --.", valueName: "command"))
  var command: [String] = []

  public init() {}

  public func run() async throws {
    try await EmulatorRun.run(try options.makeConfiguration(command: command), link: link)
  }
}
