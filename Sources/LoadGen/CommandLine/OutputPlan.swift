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
  public var progress = true
  public var colorAllowed = true
  /// What the percentile spectrum is of.
  public var hgrmMetric = Distributions.Metric.ttlb

  public init() {}
}
