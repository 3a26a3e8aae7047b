internal import ToolSupport

/// The plan as the report repeats it: enough to run it again. Values of headers that carry secrets are masked.
struct ReportOptions: Codable, Sendable {
  let urls: [String]
  /// The lab that was the target.
  let embedded: String?
  let concurrency: Int
  let threads: Int?
  let streams: Int?
  let durationSeconds: Double?
  let graceSeconds: Double
  let method: String
  let headers: [String]
  let bodyBytes: Int?
  let insecure: Bool
  let connectTimeoutSeconds: Double
  let stallTimeoutSeconds: Double
  let maxTimeSeconds: Double?
  let validate: String
  let referenceMemoryBytes: Int64
  let expect: Expect
  let seed: UInt64
  /// `2/8`: the part of the plan that this process did.
  var shard: String?

  struct Expect: Codable, Sendable {
    let gzip: Bool
    /// Such as `["200", "300-399"]`.
    let status: [String]
    let headers: [String]
    let sha256: String?
    let lengthBytes: Int64?

    enum CodingKeys: String, CodingKey {
      case gzip, status, headers, sha256
      case lengthBytes = "length_bytes"
    }
  }

  init(_ plan: LoadPlan, lab: LabMode?) {
    urls = plan.urls
    embedded = lab?.rawValue
    concurrency = plan.concurrency
    threads = plan.threads
    streams = plan.streams
    durationSeconds = plan.duration?.seconds
    graceSeconds = plan.grace.seconds
    method = plan.method
    headers = plan.headers.map(HeaderText.masked)
    bodyBytes = plan.body.map { Int(clamping: $0.length) }
    insecure = plan.insecure
    connectTimeoutSeconds = plan.connectTimeout.seconds
    stallTimeoutSeconds = plan.stallTimeout.seconds
    maxTimeSeconds = plan.maxTime?.seconds
    validate = plan.validation.rawValue
    referenceMemoryBytes = plan.referenceMemory.bytes
    let expected = plan.expectations
    expect = Expect(
      gzip: expected.gzip, status: expected.statuses.map(StatusList.text),
      headers: expected.headers.map { HeaderText.masked("\($0.name): \($0.value)") }, sha256: expected.sha256,
      lengthBytes: expected.length)
    seed = plan.seed
    shard = plan.shard.map { "\($0.index)/\($0.count)" }
  }

  enum CodingKeys: String, CodingKey {
    case urls, embedded, concurrency, threads, streams, method, headers, insecure, validate, expect, seed
    case shard
    case durationSeconds = "duration_seconds"
    case graceSeconds = "grace_seconds"
    case bodyBytes = "body_bytes"
    case connectTimeoutSeconds = "connect_timeout_seconds"
    case stallTimeoutSeconds = "stall_timeout_seconds"
    case maxTimeSeconds = "max_time_seconds"
    case referenceMemoryBytes = "reference_memory_bytes"
  }
}
