internal import ToolSupport

/// The first line of a record: what was run, and what the times of the lines below count from.
public struct RecordHeader: Sendable, Equatable {
  public static let schemaName = "gzload-events/1"

  /// `gzload 1.2.3`.
  public var tool: String
  /// ISO 8601, UTC, milliseconds.
  public var startedAt: String
  /// URLs of the targets, which events name by their index.
  public var targets: [String]
  public var method: String
  public var validate: String
  public var concurrency: Int
  public var streams: Int?
  /// Microseconds.
  public var duration: Int64?
  /// The embedded lab that is the target, if any.
  public var embedded: String?
  /// Whether times of an open model count from the plan.
  public var correctsLatency = true
  /// `--expect-status`: every other answer counts as failed.
  public var expectedStatuses = Expectations().statuses

  public init(tool: String, startedAt: String, targets: [String]) {
    self.tool = tool
    self.startedAt = startedAt
    self.targets = targets
    method = "GET"
    validate = ValidationMode.compare.rawValue
    concurrency = 1
  }

  init(plan: LoadPlan, startedAt: Double, lab: LabMode?) {
    tool = "gzload \(ToolVersion.current)"
    self.startedAt = UTCTimestamp.text(startedAt)
    targets = plan.urls
    method = plan.method
    validate = plan.validation.rawValue
    concurrency = plan.concurrency
    streams = plan.streams
    duration = plan.duration.map { $0.nanoseconds / 1000 }
    embedded = lab?.rawValue
    correctsLatency = plan.correctsLatency
    expectedStatuses = plan.expectations.statuses
  }
}
