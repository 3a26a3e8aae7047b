public import ArgumentParser
public import ToolSupport

/// What a run writes, and where.
public struct OutputArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the report to a file; - is stdout (the default).", valueName: "file"))
  var output: String?

  @Option(name: .customLong("output-format"), help: ArgumentHelp("(text)", valueName: "text|json|quiet"))
  var outputFormat: String?

  @Flag(name: .customLong("no-progress"), help: "No progress on stderr.")
  var noProgress = false

  @Flag(name: .customLong("no-color"), help: "No colours; also with NO_COLOR in the environment.")
  var noColor = false

  public init() {}

  /// - Throws: `usage`.
  public func plan() throws(ToolFailure) -> OutputPlan {
    var plan = OutputPlan()
    if let text = outputFormat {
      guard let format = OutputPlan.Format(rawValue: text) else {
        throw OptionText.refusal("--output-format", text, "choose text, json or quiet")
      }
      plan.format = format
    }
    if let output, output != "-" {
      guard plan.format != .quiet else {
        throw OptionText.refusal("-o", output, "--output-format quiet writes no report; drop one of them")
      }
      plan.file = output
    }
    plan.progress = !noProgress
    plan.colorAllowed = !noColor
    return plan
  }
}
