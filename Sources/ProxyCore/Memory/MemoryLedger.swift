internal import NIOCore
internal import Synchronization

/// What all streams of a server may need at most, reserved before each begins: at the limit a new one is refused, instead of
/// all of them being killed together.
///
/// Two looks, of which the stricter counts. What is reserved, and what the process used before its first stream, must fit:
/// so whatever peers do, the streams that were let in do not grow beyond the limit. And what is in use now, as the system
/// counts it, must fit: that knows of idle connections too and, where the limit is a cgroup's, of the kernel's socket buffers.
final class MemoryLedger: Sendable {
  /// Bytes; nil for none.
  let limit: Int64?
  /// In use before the first stream.
  private let base: Int64
  private let streams = Atomic<Int64>(0)
  private let used = ResidentSizeCache()
  private let measure: @Sendable () -> Int64?

  /// - Parameter measure: bytes in use now; nil where nobody can tell.
  init(limit: Int64?, measure: @escaping @Sendable () -> Int64?) {
    // A sixteenth stays free for what nobody reserves: the allocator's gaps, logs, answers of our own.
    self.limit = limit.map { $0 - max($0 / 16, min($0 / 4, Self.leastMargin)) }
    self.measure = measure
    base = ProcessUsage.residentBytes() ?? 0
  }

  private static let leastMargin: Int64 = 4 * 1024 * 1024

  convenience init(_ setting: MemoryLimit, cgroup: CgroupMemory? = CgroupMemory()) {
    switch setting {
    case .off: self.init(limit: nil, measure: ProcessUsage.residentBytes)
    case .bytes(let limit): self.init(limit: limit, measure: ProcessUsage.residentBytes)
    case .auto:
      self.init(limit: cgroup?.limit, measure: { cgroup?.usage() ?? ProcessUsage.residentBytes() })
    }
  }

  /// Reserved by the streams under way.
  var reserved: Int64 { streams.load(ordering: .relaxed) }

  /// False when so much more might not fit. Otherwise `release` must follow.
  func claim(_ bytes: Int64, at now: NIODeadline) -> Bool {
    let (_, sum) = streams.add(bytes, ordering: .relaxed)
    guard let limit else { return true }
    if base + sum <= limit, inUse(now) + bytes <= limit { return true }
    release(bytes)
    return false
  }

  func release(_ bytes: Int64) { streams.subtract(bytes, ordering: .relaxed) }

  /// Whether there is room at all: for one more connection, say.
  func hasRoom(at now: NIODeadline) -> Bool { limit.map { inUse(now) < $0 } ?? true }

  /// A tenth of a second old at most.
  private func inUse(_ now: NIODeadline) -> Int64 { used.bytes(now: now.uptimeNanoseconds, read: measure) ?? 0 }
}

extension ProxyLimits {
  /// What a stream may hold in user space at most: a read each way, what is kept for a second attempt, and heads of usual
  /// size with what is known of the stream. Larger heads are found by what is in use.
  func need(of facts: RequestFacts) -> Int64 {
    let upload = facts.framing == .none ? 0 : upstreamRead + replayBuffer
    return Int64(upstreamRead + upload + Self.headsAndState)
  }

  private static let headsAndState = 16 * 1024
}
