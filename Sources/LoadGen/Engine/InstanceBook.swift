/// What the responses said of the instances that sent them (`x-gzproxy-instance`, `x-gzproxy-rss-bytes`), kept by each
/// loop thread and merged for a snapshot. At most `limit` instances; streams of further ones are not told apart.
struct InstanceBook: Sendable {
  static let limit = 1024

  private struct Entry: Sendable {
    var instance = TargetMemory.Instance()
    var samples = 0
    /// When the last figure came: the latest one wins in a merge.
    var at: Int64 = 0
    /// When a response named it last.
    var namedAt: Int64 = 0
  }
  private var entries: [String: Entry] = [:]

  /// A stream of the instance has its head.
  mutating func note(instance: String, rssBytes: Int64?, now: Int64) {
    guard entries[instance] != nil || entries.count < Self.limit else { return }
    var entry = entries[instance, default: Entry()]
    entry.instance.streams &+= 1
    entry.namedAt = now
    if let rssBytes {
      entry.instance.rssBytes = rssBytes
      entry.instance.rssPeakBytes = max(entry.instance.rssPeakBytes, rssBytes)
      entry.samples &+= 1
      entry.at = now
    }
    entries[instance] = entry
  }

  /// A stream that was noted has failed.
  mutating func noteFailure(instance: String) { entries[instance]?.instance.failed &+= 1 }

  /// Statistics begin anew: no stream was counted, and what is known of memory stays.
  mutating func forgetStreams() {
    for name in entries.keys {
      entries[name]?.instance.streams = 0
      entries[name]?.instance.failed = 0
    }
  }

  mutating func merge(_ other: InstanceBook) {
    for (name, theirs) in other.entries {
      guard var mine = entries[name] else {
        if entries.count < Self.limit { entries[name] = theirs }
        continue
      }
      mine.instance.streams &+= theirs.instance.streams
      mine.instance.failed &+= theirs.instance.failed
      mine.namedAt = max(mine.namedAt, theirs.namedAt)
      mine.samples &+= theirs.samples
      mine.instance.rssPeakBytes = max(mine.instance.rssPeakBytes, theirs.instance.rssPeakBytes)
      if theirs.at > mine.at {
        mine.instance.rssBytes = theirs.instance.rssBytes
        mine.at = theirs.at
      }
      entries[name] = mine
    }
  }

  /// Adds the instances to what a memory source says. When the source has no figure of its own, the largest instance's
  /// is the target's: what is asked of memory is a bound for each process.
  func completing(_ memory: TargetMemory, now: Int64) -> TargetMemory {
    var memory = memory
    let named = entries.mapValues { entry in
      var instance = entry.instance
      instance.ageSeconds = max(0, now &- entry.namedAt).secondsFromNanoseconds
      return instance
    }
    memory.instances.merge(named) { theirs, ours in
      var both = ours
      both.rssPeakBytes = max(theirs.rssPeakBytes, ours.rssPeakBytes)
      if ours.rssBytes == 0 { both.rssBytes = theirs.rssBytes }
      both.environment = theirs.environment
      return both
    }
    let reporting = entries.values.filter { $0.samples > 0 }
    guard memory.rssBytes == nil, memory.rssPeakBytes == nil, !reporting.isEmpty else { return memory }
    memory.source =
      reporting.count == 1
      ? "x-gzproxy-rss-bytes of responses" : "x-gzproxy-rss-bytes of responses, largest of \(reporting.count) instances"
    memory.rssBytes = reporting.map(\.instance.rssBytes).max()
    memory.rssPeakBytes = reporting.map(\.instance.rssPeakBytes).max()
    memory.sampleCount = reporting.reduce(0) { $0 &+ $1.samples }
    memory.ageSeconds = reporting.map(\.at).max().map { (now &- $0).secondsFromNanoseconds }
    return memory
  }
}
