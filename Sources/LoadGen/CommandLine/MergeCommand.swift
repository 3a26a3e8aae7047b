public import ArgumentParser
internal import ToolSupport

/// `gzload merge`: one report of several processes' reports.
public struct MergeCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "merge",
    _superCommandName: "gzload",
    abstract: "Add JSON reports up to one, without loss.",
    usage: "gzload merge [<options>] <report> ...",
    discussion: """
      Counts and distributions are added exactly, and thresholds are held against
      the sums: the result is the report that one process would have written. Its
      exit code is a run's. Reports of different plans, with different thresholds or
      different limits of long waits are refused; --force adds them up and holds the
      sum against all of their thresholds.

      Examples:
        gzload merge shard-*.json
        gzload merge a.json b.json -o all.json --output-format json
      """,
    version: ToolVersion.current)

  @Argument(
    help: ArgumentHelp("Reports of gzload --output-format json.", valueName: "report"),
    completion: .file(extensions: ["json"]))
  var reports: [String]

  @Flag(help: "Add reports of different plans, or the same one twice, all the same.")
  var force = false

  @OptionGroup(title: "Output")
  var output: MergeOutputArguments

  public init() {}

  /// - Throws: `ToolFailure`, or an `ExitCode` when the sum did not pass.
  public func run() throws {
    let output = try output.plan()
    let writer = ReportWriter(output: output, toolName: "gzload merge")
    try writer.check()
    var named: [NamedReport] = []
    for path in reports { named.append(try NamedReport.read(path)) }
    let report = try ReportMerge(reports: named, force: force).merged()
    let exit = try writer.finish(report)
    if exit != .passed { throw ExitCode(exit.rawValue) }
  }
}
