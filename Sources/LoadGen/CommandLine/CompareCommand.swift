public import ArgumentParser
internal import ToolSupport

/// `gzload compare`: whether one run was worse than another, and by more than runs scatter.
public struct CompareCommand: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "compare",
    _superCommandName: "gzload",
    abstract: "Compare two JSON reports and tell changes from noise.",
    usage: "gzload compare [<options>] <base> <new>",
    discussion: """
      Every figure of BASE and NEW is shown with an interval of its change at 95 %
      confidence (99 % for min and max). A change whose interval includes zero is
      noise. With one run each the interval is of the spread inside the runs: it
      counts streams that were slow together as fewer (from 8 seconds on), but how
      much two runs of the same thing differ it cannot know, and on a busy machine
      that is often more. Where a limit decides a build, repeat the runs and name
      them all with --more-base and --more-new: figures are then means over the
      runs, and the interval is of the spread between them. Three of each are few.

      --max-regression FIGURE=LIMIT makes exit code 99 of a figure that is worse by
      more than LIMIT and by more than the spread, or that was not measured, or that
      has too few samples to tell (--allow-few lets those pass). FIGURE is as in a
      threshold: stream_ttfh, stream_ttfb, stream_ttlb, stream_gap_max, stream_dns,
      stream_connect, stream_tls or stream_throughput with avg, min, med, max or
      p(N); streams, stream_failed, gzip_invalid, late, dropped with rate;
      target_rss, target_rss_peak. LIMIT is a share of BASE (10%), or in the
      figure's unit (50ms, 8MiB). For failures and the like it is in points: 0.1%.

      Examples:
        gzload compare base.json new.json
        gzload compare base.json new.json --max-regression 'stream_ttfb:p(95)=10%'
        gzload compare b1.json n1.json --more-base b2.json --more-base b3.json \\
          --more-new n2.json --more-new n3.json --max-regression stream_ttlb:med=5%
        gzload compare base.json new.json --max-regression stream_failed:rate=0 \\
          --max-regression target_rss_peak=8MiB --output-format markdown

      Exit codes: 0 no regression; 2 usage; 99 a regression, or a limit that could
      not be judged.
      """,
    version: ToolVersion.current)

  @Argument(
    help: ArgumentHelp("Report of gzload --output-format json to compare with.", valueName: "base"),
    completion: .file(extensions: ["json"]))
  var base: String

  @Argument(help: ArgumentHelp("Report to judge.", valueName: "new"), completion: .file(extensions: ["json"]))
  var new: String

  @Option(
    name: .customLong("max-regression"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("How much worse a figure may be; may be repeated.", valueName: "figure=limit"))
  var maxRegressions: [String] = []

  @Option(
    name: .customLong("more-base"),
    help: ArgumentHelp("One more run of what BASE ran; may be repeated.", valueName: "report"))
  var moreBase: [String] = []

  @Option(
    name: .customLong("more-new"),
    help: ArgumentHelp("One more run of what NEW ran; may be repeated.", valueName: "report"))
  var moreNew: [String] = []

  @Flag(name: .customLong("allow-few"), help: "Pass limits that too few samples leave open.")
  var allowFew = false

  @Option(parsing: .unconditional, help: ArgumentHelp("Seed of the resampling (0).", valueName: "number"))
  var seed: String?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the comparison to a file; - is stdout (the default).", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    name: .customLong("output-format"),
    help: ArgumentHelp("What is written (text).", valueName: Format.allCases.map(\.rawValue).joined(separator: "|")),
    completion: .list(Format.allCases.map(\.rawValue)))
  var outputFormat: String?

  @Flag(name: .customLong("no-color"), help: "No colours; also with NO_COLOR in the environment.")
  var noColor = false

  enum Format: String, CaseIterable { case text, json, markdown }

  public init() {}

  /// - Throws: `ToolFailure`, or an `ExitCode` when there is a regression.
  public func run() throws {
    let format = try format()
    let seed = try number()
    var limits: [RegressionLimit] = []
    for text in maxRegressions { limits.append(try RegressionLimit.parse(text)) }
    let file = output == "-" ? nil : output
    if let file { try ReportFile(path: file).check() }
    let comparison = try RunComparison(
      base: try NamedReport.read(base), new: try NamedReport.read(new), moreBase: try Self.read(moreBase),
      moreNew: try Self.read(moreNew), limits: limits, seed: seed, allowsFew: allowFew)
    var plan = OutputPlan()
    let report = OutputPlan.Report(format: .text, file: file)
    plan.reports = [report]
    plan.output = file
    plan.colorAllowed = !noColor
    let isWritten = try ReportWriter(output: plan, toolName: "gzload compare").write(report) {
      color throws(ToolFailure) in
      switch format {
      case .text: comparison.text(color: color)
      case .json: try comparison.json()
      case .markdown: comparison.markdown()
      }
    }
    guard isWritten else { throw ExitCode(ToolExit.couldNotRun.rawValue) }
    if comparison.exit != .passed { throw ExitCode(comparison.exit.rawValue) }
  }

  private static func read(_ paths: [String]) throws(ToolFailure) -> [NamedReport] {
    var reports: [NamedReport] = []
    for path in paths { reports.append(try NamedReport.read(path)) }
    return reports
  }

  private func format() throws(ToolFailure) -> Format {
    guard let text = outputFormat else { return .text }
    guard let format = Format(rawValue: text) else {
      throw OptionText.refusal("--output-format", text, "choose text, json or markdown")
    }
    return format
  }

  private func number() throws(ToolFailure) -> UInt64 {
    guard let text = seed else { return 0 }
    guard let number = UInt64(text) else {
      throw OptionText.refusal("--seed", text, "must be a whole number from 0 to \(UInt64.max)")
    }
    return number
  }
}
