internal import ToolSupport

/// The plan as the report repeats it: enough to run it again. Values of headers that carry secrets are masked.
struct ReportOptions: Codable, Sendable {
  let urls: [String]
  /// The lab that was the target.
  let embedded: String?
  let concurrency: Int
  let threads: Int?
  let streams: Int?
  /// Of `-z` or the stages, whichever is shorter.
  let durationSeconds: Double?
  /// Of an open model: arrivals a second at the beginning.
  let ratePerSecond: Double?
  let stages: [Stage]?
  let burst: Burst?
  let warmUpSeconds: Double?
  /// Of an open model: whether times count from the planned start.
  let correctsLatency: Bool?
  /// Such as `2/8`; streams, lanes and rates are the whole plan's.
  let startAt: String?
  let graceSeconds: Double
  let method: String
  let headers: [String]
  let bodyBytes: Int?
  let bodyFile: String?
  let user: String?
  let awsSigv4: String?
  let targetsFile: String?
  /// Those of `urls` that have something of their own.
  let targets: [Target]?
  let http2: Bool?
  let streamsPerConnection: Int?
  let disableKeepalive: Bool?
  let followRedirects: Bool?
  let network: Network?
  let insecure: Bool
  let connectTimeoutSeconds: Double
  let stallTimeoutSeconds: Double
  let maxTimeSeconds: Double?
  let validate: String
  let referenceMemoryBytes: Int64
  let expect: Expect
  let abort: Abort?
  let watchPid: Int32?
  let watchURL: String?
  let seed: UInt64
  /// `2/8`: the part of the plan that this process did.
  var shard: String?

  /// What a target has beside what all requests share.
  struct Target: Codable, Sendable {
    let url: String
    let method: String?
    let headers: [String]?
    let bodyBytes: Int?
    let weight: Int?

    enum CodingKeys: String, CodingKey {
      case url, method, headers, weight
      case bodyBytes = "body_bytes"
    }

    /// Nil when it has nothing but its URL.
    init?(_ target: LoadTarget) {
      guard target != LoadTarget(url: target.url) else { return nil }
      url = target.url
      method = target.method
      headers = target.headers.isEmpty ? nil : target.headers.map(HeaderText.masked)
      bodyBytes = target.body.map { Int(clamping: $0.length) }
      weight = target.weight == 1 ? nil : target.weight
    }
  }

  struct Stage: Codable, Sendable {
    let durationSeconds: Double
    /// At the stage's end; one of the two.
    let lanes: Int?
    let ratePerSecond: Double?

    enum CodingKeys: String, CodingKey {
      case lanes
      case durationSeconds = "duration_seconds"
      case ratePerSecond = "rate_per_second"
    }
  }

  struct Burst: Codable, Sendable {
    let streams: Int
    let periodSeconds: Double

    enum CodingKeys: String, CodingKey {
      case streams
      case periodSeconds = "period_seconds"
    }
  }

  /// Only what was asked for.
  struct Network: Codable, Sendable {
    let proxy: String?
    let cacert: String?
    let cert: String?
    let key: String?
    let unixSocket: String?
    let connectTo: [String]?
    let resolve: [String]?
    let addresses: String?

    enum CodingKeys: String, CodingKey {
      case proxy, cacert, cert, key, resolve, addresses
      case unixSocket = "unix_socket"
      case connectTo = "connect_to"
    }

    init?(_ plan: NetworkPlan) {
      guard plan != plan.withoutRoute else { return nil }
      proxy = plan.proxy.map(ConnectionText.maskedProxy)
      cacert = plan.authorities
      cert = plan.certificate
      key = plan.key
      unixSocket = plan.unixSocket
      connectTo = plan.connectTo.isEmpty ? nil : plan.connectTo
      resolve = plan.resolve.isEmpty ? nil : plan.resolve
      addresses = plan.addresses == .any ? nil : plan.addresses.rawValue
    }
  }

  struct Expect: Codable, Sendable {
    let gzip: Bool
    /// Such as `["200", "300-399"]`.
    let status: [String]
    let headers: [String]
    let sha256: String?
    let lengthBytes: Int64?
    let decodedSHA256: String?
    let decodedLengthBytes: Int64?

    enum CodingKeys: String, CodingKey {
      case gzip, status, headers, sha256
      case lengthBytes = "length_bytes"
      case decodedSHA256 = "decoded_sha256"
      case decodedLengthBytes = "decoded_length_bytes"
    }
  }

  struct Abort: Codable, Sendable {
    let delaySeconds: Double
    let minimumStreams: Int

    enum CodingKeys: String, CodingKey {
      case delaySeconds = "delay_seconds"
      case minimumStreams = "minimum_streams"
    }
  }

  init(_ plan: LoadPlan, lab: LabMode?) {
    urls = plan.urls
    embedded = lab?.rawValue
    concurrency = plan.concurrency
    threads = plan.threads
    streams = plan.streams
    durationSeconds = plan.runDuration?.seconds
    (ratePerSecond, stages, burst) = Self.model(plan.arrivals)
    warmUpSeconds = plan.warmUp?.seconds
    correctsLatency = plan.arrivals.isOpen ? plan.correctsLatency : nil
    shard = plan.shard?.description
    startAt = plan.startAt.map(UTCTimestamp.text)
    graceSeconds = plan.grace.seconds
    method = plan.method
    headers = plan.headers.map(HeaderText.masked)
    bodyBytes = plan.body.map { Int(clamping: $0.length) }
    if case .file(let path, _)? = plan.body { bodyFile = path } else { bodyFile = nil }
    user = (plan.credentials ?? plan.signing?.credentials)?.description
    awsSigv4 = plan.signing.map { ["aws", "amz", $0.region, $0.service].compactMap(\.self).joined(separator: ":") }
    targetsFile = plan.targetsFile
    let own = plan.targets.compactMap(Target.init)
    targets = own.isEmpty ? nil : own
    http2 = plan.network.usesHTTP2 ? true : nil
    streamsPerConnection = plan.network.usesHTTP2 ? plan.network.streamsPerConnection : nil
    disableKeepalive = plan.network.keepsConnections ? nil : true
    followRedirects = plan.network.followsRedirects ? true : nil
    network = Network(plan.network)
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
      lengthBytes: expected.length, decodedSHA256: expected.decodedSHA256,
      decodedLengthBytes: expected.decodedLength)
    abort = plan.abort.map { Abort(delaySeconds: $0.delay.seconds, minimumStreams: $0.minimumStreams) }
    watchPid = plan.watch?.pid
    watchURL = plan.watch?.url
    seed = plan.seed
  }

  private static func model(_ arrivals: ArrivalPlan) -> (rate: Double?, stages: [Stage]?, burst: Burst?) {
    switch arrivals {
    case .closed: (nil, nil, nil)
    case .bursts(let count, let every): (nil, nil, Burst(streams: count, periodSeconds: every.seconds))
    case .lanes(let stages):
      (
        nil,
        stages.map {
          Stage(durationSeconds: $0.duration.seconds, lanes: Int(clamping: Int64($0.target)), ratePerSecond: nil)
        }, nil
      )
    case .rate(let start, let stages):
      (
        start,
        stages.isEmpty
          ? nil : stages.map { Stage(durationSeconds: $0.duration.seconds, lanes: nil, ratePerSecond: $0.target) }, nil
      )
    }
  }

  enum CodingKeys: String, CodingKey {
    case urls, embedded, concurrency, threads, streams, method, headers, insecure, validate, expect, seed, abort
    case stages, burst, shard, targets
    case ratePerSecond = "rate_per_second"
    case warmUpSeconds = "warm_up_seconds"
    case correctsLatency = "corrects_latency"
    case startAt = "start_at"
    case user, http2, network
    case bodyFile = "body_file"
    case awsSigv4 = "aws_sigv4"
    case targetsFile = "targets_file"
    case streamsPerConnection = "streams_per_connection"
    case disableKeepalive = "disable_keepalive"
    case followRedirects = "follow_redirects"
    case watchPid = "watch_pid"
    case watchURL = "watch_url"
    case durationSeconds = "duration_seconds"
    case graceSeconds = "grace_seconds"
    case bodyBytes = "body_bytes"
    case connectTimeoutSeconds = "connect_timeout_seconds"
    case stallTimeoutSeconds = "stall_timeout_seconds"
    case maxTimeSeconds = "max_time_seconds"
    case referenceMemoryBytes = "reference_memory_bytes"
  }
}
