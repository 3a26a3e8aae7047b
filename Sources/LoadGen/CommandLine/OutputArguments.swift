public import ArgumentParser
public import ToolSupport

/// What a run writes, and where.
public struct OutputArguments: ParsableArguments, Sendable {
  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Write the report to a file; - is stdout (the default).", valueName: "file"), completion: .file()
  )
  var output: String?

  @Option(
    name: .customLong("output-format"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "What -o or stdout gets (text): \(OutputArguments.formatNames). FORMAT=FILE writes one more, = - to stdout.",
      valueName: "format"), completion: .list(OutputPlan.Format.allCases.map(\.rawValue)))
  var outputFormats: [String] = []

  @Option(
    name: .customLong("hgrm-metric"),
    help: ArgumentHelp("The times that an hgrm report is of (ttlb).", valueName: "metric"),
    completion: .list(Distributions.Metric.allCases.filter { $0 != .throughput }.map(\.rawValue)))
  var hgrmMetric: String?

  @Flag(name: .customLong("no-progress"), help: "No progress on stderr.")
  var noProgress = false

  @Flag(name: .customLong("no-color"), help: "No colours; also with NO_COLOR in the environment.")
  var noColor = false

  public init() {}

  /// - Throws: `usage`.
  public func plan() throws(ToolFailure) -> OutputPlan {
    var plan = OutputPlan()
    plan.reports = try reports()
    plan.output = output
    plan.progress = !noProgress
    plan.colorAllowed = !noColor
    if let metric = try spectrumMetric(plan.reports) { plan.hgrmMetric = metric }
    return plan
  }

  /// A spectrum is of times.
  private func spectrumMetric(_ reports: [OutputPlan.Report]) throws(ToolFailure) -> Distributions.Metric? {
    guard let text = hgrmMetric else { return nil }
    let choices = Distributions.Metric.allCases.filter { $0 != .throughput }
    guard let metric = choices.first(where: { $0.rawValue == text }) else {
      throw OptionText.refusal("--hgrm-metric", text, "choose \(Self.alternatives(choices.map(\.rawValue)))")
    }
    guard reports.contains(where: { $0.format == .hgrm }) else {
      throw OptionText.refusal("--hgrm-metric", text, "no hgrm report is written; add --output-format hgrm=FILE")
    }
    return metric
  }

  private func reports() throws(ToolFailure) -> [OutputPlan.Report] {
    var main: OutputPlan.Format?
    var others: [OutputPlan.Report] = []
    for text in outputFormats {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard let format = OutputPlan.Format(rawValue: parts[0]) else { throw unknown(text) }
      if parts.count == 2 {
        others.append(try other(format, parts[1], text))
      } else {
        guard main == nil || main == format else {
          throw OptionText.refusal("--output-format", text, "-o has a format already; write \(text)=FILE for one more")
        }
        main = format
      }
    }
    // `gztop -o json=- | jq`: a format before the name is one more report, and the only one on stdout.
    if let output, main == nil, let both = try namedByOutput(output) { return try checked(others + [both]) }
    return try checked(mainReport(main, others) + others)
  }

  private func mainReport(
    _ format: OutputPlan.Format?, _ others: [OutputPlan.Report]
  ) throws(ToolFailure) -> [OutputPlan.Report] {
    if format == .quiet {
      guard output == nil || output == "-" else {
        throw OptionText.refusal("-o", output ?? "", "--output-format quiet writes no report; drop one of them")
      }
      return []
    }
    let file = output == "-" ? nil : output
    // Somebody else on stdout takes the place of the text that would be there by default.
    if format == nil, output == nil, others.contains(where: { $0.file == nil }) { return [] }
    return [OutputPlan.Report(format: format ?? .text, file: file)]
  }

  private func other(
    _ format: OutputPlan.Format, _ file: String, _ text: String
  ) throws(ToolFailure) -> OutputPlan.Report {
    guard format != .quiet else {
      throw OptionText.refusal("--output-format", text, "quiet writes no report, so it takes no file")
    }
    guard !file.isEmpty else { throw OptionText.refusal("--output-format", text, "no file after the =") }
    return OutputPlan.Report(format: format, file: file == "-" ? nil : file)
  }

  /// `-o json=FILE` is `--output-format json=FILE`.
  private func namedByOutput(_ text: String) throws(ToolFailure) -> OutputPlan.Report? {
    guard let mark = text.firstIndex(of: "="), let format = OutputPlan.Format(rawValue: String(text[..<mark])) else {
      return nil
    }
    return try other(format, String(text[text.index(after: mark)...]), text)
  }

  private func checked(_ reports: [OutputPlan.Report]) throws(ToolFailure) -> [OutputPlan.Report] {
    var seen: [FileIdentity: String] = [:]
    var hasStandardOutput = false
    for report in reports {
      let name = report.file ?? "stdout"
      guard report.file != nil || !hasStandardOutput else { throw Self.shared(name, name) }
      hasStandardOutput = hasStandardOutput || report.file == nil
      guard let file = report.file.map(FileIdentity.init) ?? .ofStandardOutput() else { continue }
      if let other = seen.updateValue(name, forKey: file) { throw Self.shared(name, other) }
    }
    return reports
  }

  private static func shared(_ name: String, _ other: String) -> ToolFailure {
    let same = name == other ? "" : ", which is \(OptionText.shown(other))"
    return .usage("--output-format: two reports go to \(OptionText.shown(name))\(same); give each its own")
  }

  private func unknown(_ text: String) -> ToolFailure {
    OptionText.refusal(
      "--output-format", text, "choose \(Self.alternatives(OutputPlan.Format.allCases.map(\.rawValue)))")
  }

  private static func alternatives(_ names: [String]) -> String {
    "\(names.dropLast().joined(separator: ", ")) or \(names.last ?? "")"
  }

  private static let formatNames = OutputPlan.Format.allCases.map(\.rawValue).joined(separator: ", ")
}
