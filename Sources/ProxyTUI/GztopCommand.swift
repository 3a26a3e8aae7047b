public import ArgumentParser
internal import LoadGen
public import ToolSupport

/// `gztop`: a load on the screen, judged as gzload judges it.
///
/// The order matters: the terminal is checked before anything is started, and everything that is printed comes after
/// the
/// dashboard has left it.
public struct GztopCommand: ConfiguredCommand {
  public static let configuration = CommandConfiguration(
    commandName: "gztop",
    abstract: "Shows live what a streaming gzip proxy does to every stream.",
    discussion: """
      Examples:
        gztop                                      a proxy and an origin of its own
        gztop -c 32 http://127.0.0.1:8080/data.json.gz
        gztop --embedded=naive                     why some proxies answer 502
        gztop --embedded=lambda                    a Lambda function's environments
        gztop -z 60s -o report.json --output-format json URL
        gztop --replay run.ndjson                  a run that gzload --record wrote
        gztop --attach 127.0.0.1:9464              a gzload with --metrics-listen
        gztop --watch http://127.0.0.1:9090        a gzproxy or gzlambda, no load

      Keys: q quits (running streams have 2 s, again cuts them now), p pauses,
      + and - change the concurrency, ? shows them all and explains the words.
      After it the summary is printed, and the exit code is gzload's: 0 passed;
      1 could not run, or no stream ever got a response; 2 usage, or no terminal;
      99 a stream failed or its gzip is invalid; 104 a wrong variable or file;
      105 interrupted. What is only shown ends with 0, or 105 by a signal. Options are read from GZTOP_... variables and from --config
      too, as gzload reads GZLOAD_... ones.
      """,
    version: ToolVersion.current)

  public static let settingsRules = LoadSettings.rules(prefix: "GZTOP")

  @OptionGroup
  var load: LoadArguments

  @OptionGroup(title: "Showing")
  var showing: ShowingArguments

  @OptionGroup(title: "Screen")
  var screen: ScreenArguments

  @OptionGroup(title: "Output")
  var output: OutputArguments

  @OptionGroup(title: "Settings")
  var settings: SettingsArguments

  public init() {}

  /// See `LoadArguments.prepared`.
  public static func prepared(_ arguments: [String]) -> [String] { LoadArguments.prepared(arguments) }

  /// - Throws: `ToolFailure`, or an `ExitCode` for a run that was reported and did not pass.
  public func run() throws {
    if try settings.printedCompletions(of: Self.self, optionalValues: LoadArguments.optionalValues) { return }
    if showing.given != nil { try showing.check(try Settings.ofThisRun(Self.self)) }
    try showing.checkForm()
    let output = try self.output.plan()
    // Wrong flags are told first, a missing terminal next; only then is anything started.
    try load.check(.gztop)
    if settings.printConfig {
      return try SettingsText.print(Self.self, standards: try load.standards(.gztop, output: self.output))
    }
    try Dashboard.check()
    let options = screen.options(colours: output.colorAllowed)
    if let source = try showing.source() { return try Self.show(source, options) }
    let isLab = try load.labMode(.gztop) != nil
    try LoadQuestion.settle(try load.plan(.gztop), isLab: isLab, yes: showing.yes)
    // From here on: what the lab's children say must not be written across the screen.
    ErrorCapture.begin()
    defer { ErrorCapture.end() }
    let exit = try LoadRun(arguments: load, defaults: .gztop, output: output, toolName: "gztop").run {
      run throws(ToolFailure) in try Self.conduct(run, options)
    }
    if exit != .passed { throw ExitCode(exit.rawValue) }
  }

  /// What is only shown was judged when it ran: it ends well, unless a signal ends it (Docs/decisions/025).
  private static func show(_ source: any ShownRun, _ options: Dashboard.Options) throws {
    defer { source.close() }
    let end = try Dashboard.run(source, label: RunLabel(shown: source), options: options)
    if end != .hungUp { try StandardOutput.write(source.summary()) }
    if end.isCut { throw ExitCode(ToolExit.interrupted.rawValue) }
  }

  private static func conduct(_ run: LiveRun, _ options: Dashboard.Options) throws(ToolFailure) -> RunResult {
    try run.engine.start()
    let end = try Dashboard.run(run.source, label: RunLabel(plan: run.plan, lab: run.lab), options: options)
    var result = run.engine.wait()
    result.interrupted = end.isInterruption(of: run.plan, wasStopped: result.interrupted)
    return result
  }
}
