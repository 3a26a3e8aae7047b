internal import ArgumentParser
internal import ToolSupport

/// What is written and served while the run goes on.
struct ObservationArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Write every stream's life to a file as it happens (gzload-events/1).", valueName: "file"), completion: .file())
  var record: String?

  @Option(
    name: .customLong("record-limit"), parsing: .unconditional,
    help: ArgumentHelp("Size from which a record keeps failed streams only (1GiB).", valueName: "size"))
  var recordLimit: String?

  @Option(
    name: .customLong("metrics-listen"),
    help: ArgumentHelp(
      "Serve /metrics and /events during the run; a port alone listens on 127.0.0.1, port 0 takes any.",
      valueName: "host:port"))
  var metricsListen: String?

  /// - Throws: `usage`.
  func plan() throws(ToolFailure) -> ObservationPlan {
    var plan = ObservationPlan()
    if let record {
      guard !record.isEmpty, record != "-" else {
        throw OptionText.refusal("--record", record, "name a file; for stdout there is --output-format ndjson")
      }
      plan.record = record
    }
    let limit: ByteSize? = try OptionText.value(recordLimit, "--record-limit", else: "not a size; write it like 256MiB")
    if let limit {
      guard plan.record != nil else { throw .usage("--record-limit: there is no record; add --record FILE") }
      guard limit.bytes >= Self.smallestLimit else {
        throw OptionText.refusal("--record-limit", recordLimit ?? "", "must be at least 64KiB")
      }
      plan.recordLimit = limit
    }
    if let metricsListen { plan.listen = try LiveAddress(parsing: metricsListen) }
    return plan
  }

  private static let smallestLimit: Int64 = 64 * 1024
}

/// See `ObservationArguments`.
struct ObservationPlan: Sendable, Equatable {
  var record: String?
  var recordLimit = RecordFile.defaultLimit
  var listen: LiveAddress?
}
