internal import NIOSSL
internal import Synchronization

/// What the event loops of one server share: the configuration and a few counters.
final class SharedState: Sendable {
  let configuration: ProxyConfiguration
  /// Names this process in Via, telemetry and stats.
  let instance: String
  /// The same in Via and CDN-Loop, upstream.
  let hopToken: String
  let tls: NIOSSLContext?
  let residentSize = ResidentSizeCache()

  private let activeStreams = Atomic<Int>(0)
  private let openDescriptors = Atomic<Int>(0)
  private let upstreamConnections = Atomic<Int>(0)
  private let isDrainingFlag = Atomic<Bool>(false)

  /// Descriptors kept for files, resolvers, and the answers that say there are none left.
  static let reservedDescriptors = 32

  init(configuration: ProxyConfiguration, tls: NIOSSLContext?) {
    self.configuration = configuration
    self.tls = tls
    let number = UInt32.random(in: .min ... .max)
    let hex = String(number, radix: 16)
    instance = String(repeating: "0", count: 8 - hex.count) + hex
    hopToken = "gzproxy-\(instance)"
  }

  var viaToken: String? { configuration.via ? hopToken : nil }

  var isDraining: Bool { isDrainingFlag.load(ordering: .relaxed) }
  func beginDraining() { isDrainingFlag.store(true, ordering: .relaxed) }

  var active: Int { activeStreams.load(ordering: .relaxed) }
  func streamBegan() { activeStreams.add(1, ordering: .relaxed) }
  func streamEnded() { activeStreams.subtract(1, ordering: .relaxed) }

  func descriptorOpened() { openDescriptors.add(1, ordering: .relaxed) }
  func descriptorClosed() { openDescriptors.subtract(1, ordering: .relaxed) }

  /// False when the process would come too near to its limit with one more.
  var hasSpareDescriptors: Bool {
    guard let limit = configuration.descriptorLimit else { return true }
    // Event loops and the listeners hold a handful each.
    let own = 16 + 6 * configuration.threads
    return openDescriptors.load(ordering: .relaxed) + own + Self.reservedDescriptors < limit
  }

  func reserveUpstream() -> Bool {
    let (_, count) = upstreamConnections.add(1, ordering: .relaxed)
    if count <= configuration.limits.upstreamConnections { return true }
    upstreamConnections.subtract(1, ordering: .relaxed)
    return false
  }
  func releaseUpstream() { upstreamConnections.subtract(1, ordering: .relaxed) }
}
