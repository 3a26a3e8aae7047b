/// What the target's memory was seen to be, and who said so.
public struct TargetMemory: Sendable, Equatable {
  /// Where the figures come from, e.g. `gzproxy (child, pid 4711)`; nil when the target sends none.
  public var source: String?
  public var rssBytes: Int64?
  public var rssPeakBytes: Int64?
  public var sampleCount = 0
  /// Why nobody who was asked gave a figure; nil when nobody was asked, or somebody did.
  public var unavailableReason: String?
  /// How old the newest figure is; nil when there is none.
  public var ageSeconds: Double?
  /// What the proxy holds for each running stream, by request id.
  public var bufferedByRequest: [String: Int64] = [:]
  /// Last `x-gzproxy-rss-bytes` seen from each `x-gzproxy-instance`, and the environments of a Lambda function.
  public var instances: [String: Instance] = [:]

  public struct Instance: Sendable, Equatable {
    /// Whose responses named it.
    public var streams = 0
    /// Those of them that failed.
    public var failed = 0
    /// Seconds since a response named it last; nil for what no response has named.
    public var ageSeconds: Double?
    public var rssBytes: Int64 = 0
    public var rssPeakBytes: Int64 = 0
    /// Nil for what is no environment of a Lambda function.
    public var environment: FunctionEnvironment?
    public init() {}
  }

  /// The environments of a Lambda function by id, `env-2` before `env-10`.
  public var environments: [(id: String, use: Instance, environment: FunctionEnvironment)] {
    let all = instances.compactMap { id, use in use.environment.map { (id: id, use: use, environment: $0) } }
    return all.sorted { ($0.id.utf8.count, $0.id) < ($1.id.utf8.count, $1.id) }
  }

  public init() {}
}
