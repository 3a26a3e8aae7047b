public import ArgumentParser
internal import ToolSupport

/// `gzload`: one load, headless, for scripts and CI.
public struct GzloadCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzload",
    abstract: "Loads a streaming gzip proxy and proves every stream it answers.",
    discussion: """
      Examples:
        gzload -c 50 -n 1k http://127.0.0.1:8080/data.json.gz
        gzload -c 16 -z 30s --expect gzip -o report.json --output-format json URL
        gzload --embedded -c 16 -n 200             a proxy and an origin of its own
        gzload --embedded '/gzip/1MiB?fault=crc'   how a broken body is found
        gzload --embedded=naive                    why some proxies answer 502

      Exit codes: 0 passed; 1 could not run, or no stream ever got a response;
      2 usage; 99 a stream failed or its gzip is invalid; 105 interrupted, the
      partial report was written.
      """,
    version: ToolVersion.current,
    subcommands: [CompareCommand.self, MergeCommand.self])

  @OptionGroup
  var load: LoadArguments

  @OptionGroup(title: "Output")
  var output: OutputArguments

  public init() {}

  /// See `LoadArguments.prepared`.
  public static func prepared(_ arguments: [String]) -> [String] { LoadArguments.prepared(arguments) }

  /// - Throws: `ToolFailure`, or an `ExitCode` for a run that was reported and did not pass.
  public func run() throws {
    let output = try output.plan()
    let headless = HeadlessRun(output: output, toolName: "gzload")
    let exit = try LoadRun(arguments: load, defaults: .gzload, output: output, toolName: "gzload").run {
      (engine, plan, _) throws(ToolFailure) in try headless.conduct(engine, plan)
    }
    if exit != .passed { throw ExitCode(exit.rawValue) }
  }
}
