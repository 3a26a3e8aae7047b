public import ArgumentParser
public import ToolSupport

/// `gzload`: one load, headless, for scripts and CI; and what is done with the reports of such runs.
public struct GzloadCommand: ConfiguredCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gzload",
    abstract: "Loads a streaming gzip proxy and proves every stream it answers.",
    usage: """
      gzload [<options>] <url> ...
      gzload compare [<options>] <base> <new>
      gzload merge [<options>] <report> ...
      """,
    discussion: """
      Examples:
        gzload -c 50 -n 1k http://127.0.0.1:8080/data.json.gz
        gzload -c 16 -z 30s --expect gzip -o report.json --output-format json URL
        gzload --embedded -c 16 -n 200             a proxy and an origin of its own
        gzload --embedded '/gzip/1MiB?fault=crc'   how a broken body is found
        gzload --embedded=naive                    why some proxies answer 502
        gzload --embedded=lambda                   a Lambda function that streams
        gzload compare base.json new.json          whether a run was worse
        gzload merge shard-*.json                  one report of many

      Options are read from GZLOAD_... variables and from --config too:
      --connect-timeout is GZLOAD_CONNECT_TIMEOUT and connect-timeout: 5s, and the
      URLs are GZLOAD_URL and url: [...]. A flag wins over a variable, and that over
      the file, with another option too where both cannot hold: --http1.1 wins over
      GZLOAD_HTTP2.

      Thresholds, METRIC:AGGREGATION OPERATOR VALUE with < <= > >= == or !=:
        streams stream_failed gzip_invalid slow_start silent_gap stalled dropped
        late http_400...http_599           count, or rate as in 0.01 or 1%
        stream_ttfh stream_ttfb stream_ttlb stream_gap_max stream_dns
        stream_connect stream_tls          avg min med max p(N), as in 500ms
        stream_throughput                  the same, as in 1MiB/s
        target_rss target_rss_peak         by themselves, as in 64MiB
      A tag narrows: gzip_invalid{truncated}, http_502{function_error}. All of them
      are in Docs/thresholds.md.

      SIGINT, SIGTERM or SIGHUP begins no more streams and gives the running ones
      2 s (--grace, where that is shorter); a second one cuts them. The report of
      what was measured is written either way.

      Exit codes: 0 passed; 1 could not run, or no stream ever got a response;
      2 usage; 99 a stream failed or its gzip is invalid; 104 a wrong variable or
      file; 105 interrupted, the partial report was written.
      """,
    version: "\(ToolVersion.current)\n\(CurlLibrary.summary)",
    subcommands: [CompareCommand.self, MergeCommand.self])

  public static let settingsRules = LoadSettings.rules(prefix: "GZLOAD")

  @OptionGroup
  var load: LoadArguments

  @OptionGroup(title: "Output")
  var output: OutputArguments

  @OptionGroup(title: "Settings")
  var settings: SettingsArguments

  public init() {}

  /// See `LoadArguments.prepared`.
  public static func prepared(_ arguments: [String]) -> [String] { LoadArguments.prepared(arguments) }

  /// Which command these words run, and with which of them. A command's name is the first word: ArgumentParser, which looks
  /// for it anywhere, would take it for one more URL. Nobody loses a URL by it, since those have a scheme.
  public static func selected(
    _ arguments: [String]
  ) -> (command: any ParsableCommand.Type, name: String, arguments: [String]) {
    var words = arguments
    if words.first == "help" { words = words.dropFirst().prefix(1) + ["--help"] }
    for command in configuration.subcommands {
      guard let name = command.configuration.commandName, name == words.first else { continue }
      return (command, "gzload \(name)", Array(words.dropFirst()))
    }
    return (GzloadCommand.self, "gzload", prepared(words))
  }

  /// - Throws: `ToolFailure`, or an `ExitCode` for a run that was reported and did not pass.
  public func run() throws {
    if try settings.printedCompletions(of: Self.self, optionalValues: LoadArguments.optionalValues) { return }
    try load.refuseMistypedCommand(Self.configuration)
    let output = try self.output.plan()
    if settings.printConfig {
      return try SettingsText.print(Self.self, standards: try load.standards(.gzload, output: self.output))
    }
    let headless = HeadlessRun(output: output, toolName: "gzload")
    let exit = try LoadRun(arguments: load, defaults: .gzload, output: output, toolName: "gzload").run {
      run throws(ToolFailure) in try headless.conduct(run.engine, run.plan)
    }
    if exit != .passed { throw ExitCode(exit.rawValue) }
  }
}
