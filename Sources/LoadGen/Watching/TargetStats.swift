#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What is read of the `stats` of gzproxy or gzlambda; other members are passed over.
struct TargetStats: Decodable, Equatable {
  /// Where gzproxy serves them.
  static let path = "/.gzproxy/stats"
  /// Where gzlambda does. Its front invokes the function for everything else, `path` too.
  static let lambdaPath = "/.gzlambda/stats"

  struct Stream: Decodable, Equatable {
    var requestID: String
    var bufferedBytes: Int64
    var bytesOut: Int64?
    var ageSeconds: Double?

    enum CodingKeys: String, CodingKey {
      case requestID = "request_id"
      case bufferedBytes = "buffered_bytes"
      case bytesOut = "bytes_out"
      case ageSeconds = "age_seconds"
    }
  }

  /// One of several processes that answer behind the same address.
  struct Instance: Decodable, Equatable {
    var id: String
    var pid: Int32?
    var rssBytes: Int64?
    var rssPeakBytes: Int64?
    /// With one it is an environment of a Lambda function.
    var state: String?
    var activeInvocations: Int?
    var maximumConcurrency: Int?
    var invocations: Int?
    var failures: Int?
    var restarts: Int?

    enum CodingKeys: String, CodingKey {
      case id, pid, state, restarts
      case rssBytes = "rss_bytes"
      case rssPeakBytes = "rss_peak_bytes"
      case activeInvocations = "active_invocations"
      case maximumConcurrency = "max_concurrency"
      case invocations = "invocations_total"
      case failures = "failures_total"
    }
  }

  var rssBytes: Int64?
  var rssPeakBytes: Int64?
  /// Of each environment of a Lambda function; nobody else has it.
  var memoryLimitBytes: Int64?
  var streams: [Stream]?
  var instances: [Instance]?

  // gzproxy's.
  var instance: String?
  var uptimeSeconds: Double?
  var activeStreams: Int?
  var streamsTotal: Int?
  var incompleteTotal: Int?
  var bytesOutTotal: Int64?
  /// By the token of RFC 9209.
  var upstreamErrors: [String: Int]?

  // gzlambda's.
  var front: String?
  var concurrency: Int?
  var activeInvocations: Int?
  var invocationsTotal: Int?
  var failuresTotal: Int?
  var throttledTotal: Int?
  var timeoutsTotal: Int?
  /// By type, as `Runtime.ExitError`.
  var failures: [String: Int]?

  enum CodingKeys: String, CodingKey {
    case instance, front, concurrency
    case uptimeSeconds = "uptime_seconds"
    case activeStreams = "active_streams"
    case streamsTotal = "streams_total"
    case incompleteTotal = "incomplete_total"
    case bytesOutTotal = "bytes_out_total"
    case upstreamErrors = "upstream_errors"
    case activeInvocations = "active_invocations"
    case invocationsTotal = "invocations_total"
    case failuresTotal = "failures_total"
    case throttledTotal = "throttled_total"
    case timeoutsTotal = "timeouts_total"
    case rssBytes = "rss_bytes"
    case rssPeakBytes = "rss_peak_bytes"
    case memoryLimitBytes = "memory_limit_bytes"
    case streams, instances, failures
  }

  /// Nil when the text is not such a document, or says no memory; none is 0, which no process has. A function without an
  /// environment, as before its first invocation, has none to say.
  init?(json: [UInt8]) {
    guard let stats = try? JSONDecoder().decode(TargetStats.self, from: Data(json)) else { return nil }
    self = stats
    guard figures.rss ?? 0 > 0 || (memoryLimitBytes != nil && instances != nil) else { return nil }
  }

  private var living: [Instance] { (instances ?? []).prefix(InstanceBook.limit).filter { $0.rssBytes ?? 0 > 0 } }

  /// The target's. Where there are instances they are what is loaded, and what is asked of memory is a bound for each
  /// process: the largest one's count.
  private var figures: (rss: Int64?, peak: Int64?) {
    let known = living
    guard !known.isEmpty else { return memoryLimitBytes == nil ? (rssBytes, rssPeakBytes) : (nil, nil) }
    return (known.compactMap(\.rssBytes).max(), known.compactMap { $0.rssPeakBytes ?? $0.rssBytes }.max())
  }

  /// Whether any process is there to have memory: a function without an environment has none.
  var hasMemory: Bool { figures.rss != nil }

  func update(_ memory: inout TargetMemory, source: String) {
    if let rss = figures.rss {
      memory.source = Self.source(source, living)
      memory.rssBytes = rss
      memory.rssPeakBytes = max(memory.rssPeakBytes ?? 0, rss, figures.peak ?? 0)
      memory.sampleCount &+= 1
    }
    memory.bufferedByRequest = Dictionary(
      (streams ?? []).map { ($0.requestID, $0.bufferedBytes) }, uniquingKeysWith: { first, _ in first })
    updateInstances(&memory)
  }

  /// Of one environment its name and its process, as `gzproxy (env-1, pid 4711)`; of several that it is the largest one's.
  private static func source(_ source: String, _ living: [Instance]) -> String {
    guard living.count == 1, let only = living.first, only.state != nil, let pid = only.pid else {
      return living.count > 1 ? "\(source), largest of \(living.count) instances" : source
    }
    return "\(source) (\(only.id), pid \(pid))"
  }

  private func updateInstances(_ memory: inout TargetMemory) {
    let told = (instances ?? []).prefix(InstanceBook.limit).filter { $0.state != nil || $0.rssBytes ?? 0 > 0 }
    let ids = Set(told.map(\.id))
    // Who is told of no more is gone.
    for (id, instance) in memory.instances where instance.environment != nil && !ids.contains(id) {
      memory.instances[id]?.rssBytes = 0
      memory.instances[id]?.environment?.state = .ended
      memory.instances[id]?.environment?.activeInvocations = 0
    }
    for instance in told {
      guard memory.instances[instance.id] != nil || memory.instances.count < InstanceBook.limit else { continue }
      var entry = memory.instances[instance.id, default: TargetMemory.Instance()]
      let environment = environment(instance)
      entry.rssBytes = instance.rssBytes ?? (environment == nil ? entry.rssBytes : 0)
      entry.rssPeakBytes = max(entry.rssPeakBytes, instance.rssPeakBytes ?? 0, instance.rssBytes ?? 0)
      entry.environment = environment
      memory.instances[instance.id] = entry
    }
  }

  private func environment(_ instance: Instance) -> FunctionEnvironment? {
    guard let state = instance.state else { return nil }
    var environment = FunctionEnvironment(state: FunctionEnvironment.State(rawValue: state) ?? .ready)
    environment.pid = instance.pid
    environment.memoryLimitBytes = memoryLimitBytes.flatMap { $0 > 0 ? $0 : nil }
    environment.activeInvocations = max(0, instance.activeInvocations ?? 0)
    environment.maximumInvocations = max(0, instance.maximumConcurrency ?? 0)
    environment.invocations = max(0, instance.invocations ?? 0)
    environment.failures = max(0, instance.failures ?? 0)
    environment.restarts = max(0, instance.restarts ?? 0)
    return environment
  }
}
