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
  /// Last `x-gzproxy-rss-bytes` seen from each `x-gzproxy-instance`.
  public var instances: [String: Instance] = [:]

  public struct Instance: Sendable, Equatable {
    public var streams = 0
    public var rssBytes: Int64 = 0
    public var rssPeakBytes: Int64 = 0
    public init() {}
  }

  public init() {}
}
