internal import ArgumentParser
internal import ToolSupport

/// Where a merged report goes: as a run's, but for what is written while a run goes on.
struct MergeOutputArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the report to a file; - is stdout (the default).", valueName: "file"))
  var output: String?

  @Option(
    name: .customLong("output-format"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What -o or stdout gets (text): \(MergeOutputArguments.formatNames). FORMAT=FILE writes one more, = - to stdout.",
      valueName: "format"))
  var outputFormats: [String] = []

  @Option(
    name: .customLong("hgrm-metric"),
    help: ArgumentHelp("The times that an hgrm report is of (ttlb).", valueName: "metric"))
  var hgrmMetric: String?

  @Flag(name: .customLong("no-color"), help: "No colours; also with NO_COLOR in the environment.")
  var noColor = false

  /// A merge has no progress; here for scripts that give the same options to both.
  @Flag(name: .customLong("no-progress"), help: .hidden) var noProgress = false

  /// - Throws: `usage`.
  func plan() throws(ToolFailure) -> OutputPlan {
    var arguments = OutputArguments()
    arguments.output = output
    arguments.outputFormats = outputFormats
    arguments.hgrmMetric = hgrmMetric
    arguments.noColor = noColor
    arguments.noProgress = true
    let plan = try arguments.plan()
    if let live = plan.reports.first(where: \.format.isLive) {
      throw OptionText.refusal(
        "--output-format", live.format.rawValue,
        "reports hold no single streams to write; choose \(Self.formatNames)")
    }
    return plan
  }

  private static let formatNames = OutputPlan.Format.allCases.filter { !$0.isLive }.map(\.rawValue)
    .joined(separator: ", ")
}
