internal import ToolSupport

/// What a run writes and where, decided before the run.
public struct OutputPlan: Sendable, Equatable {
  public enum Format: String, CaseIterable, Sendable {
    case text, json
    /// A line for each stream, written as it ends.
    case ndjson, csv
    case junit, html, markdown, prometheus
    /// The percentile spectrum that HdrHistogram's plotters read.
    case hgrm
    /// No report; the exit code speaks.
    case quiet

    /// Whether it is written while the run goes on.
    var isLive: Bool { self == .ndjson || self == .csv }
  }

  /// One report.
  public struct Report: Sendable, Equatable {
    public var format: Format
    /// Nil is stdout.
    public var file: String?

    public init(format: Format, file: String? = nil) {
      self.format = format
      self.file = file
    }
  }

  /// At most one of them goes to stdout, and no two to the same file. Empty: the exit code speaks.
  public var reports = [Report(format: .text)]
  /// What `-o` was given.
  public var output: String?
  public var progress = true
  public var colorAllowed = true
  /// What the percentile spectrum is of.
  public var hgrmMetric = Distributions.Metric.ttlb

  public init() {}

  /// The option that a report's file was named with, as messages begin: `-o`, or `--output-format json=`.
  func option(of report: Report) -> String {
    guard let file = report.file, output != file else { return "-o " }
    let both = "\(report.format.rawValue)="
    return (output == both + file ? "-o " : "--output-format ") + both
  }
}
