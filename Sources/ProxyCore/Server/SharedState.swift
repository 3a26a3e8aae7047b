internal import NIOSSL
internal import Synchronization

/// What the event loops of one server share: the configuration and a few counters.
final class SharedState: Sendable {
  let configuration: ProxyConfiguration
  /// Names this process in telemetry and stats.
  let instance: String
  /// Names this process in Via and CDN-Loop, upstream.
  let hopToken: String
  let tls: NIOSSLContext?
  /// Nil when nothing is logged.
  let accessLog: AccessLog?
  let residentSize = ResidentSizeCache()
  let memory: MemoryLedger

  private let activeStreams = Atomic<Int>(0)
  private let openDescriptors = Atomic<Int>(0)
  private let upstreamConnections = Atomic<Int>(0)
  private let pipes = Atomic<Int>(0)
  /// Only kept where there is a limit. Bounded by the open connections.
  private let clientsByAddress = Mutex<[String: Int]>([:])
  private let isDrainingFlag = Atomic<Bool>(false)
  private let splicesFlag: Atomic<Bool>

  /// Descriptors kept for files, resolvers, and the answers that say there are none left.
  static let reservedDescriptors = 32

  /// - Parameter instance: the name that the platform has for this process; nil where it has none.
  init(
    configuration: ProxyConfiguration, tls: NIOSSLContext?, accessLog: AccessLog? = nil, instance: String? = nil
  ) {
    self.configuration = configuration
    self.tls = tls
    self.accessLog = accessLog
    memory = MemoryLedger(configuration.memoryLimit)
    splicesFlag = Atomic(configuration.relay == .auto)
    let number = UInt32.random(in: .min ... .max)
    let hex = String(number, radix: 16)
    let own = String(repeating: "0", count: 8 - hex.count) + hex
    self.instance = instance ?? own
    // Requests that come back are known by this, so no other process may have it, whatever a platform calls it.
    hopToken = "gzproxy-\(own)"
  }

  var viaToken: String? { configuration.via ? hopToken : nil }

  /// Set where error responses may say where requests go.
  var shownNextHop: String? { configuration.errorDetails ? configuration.upstream?.authority : nil }

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
    return openDescriptors.load(ordering: .relaxed) + Self.leastDescriptors(threads: configuration.threads) < limit
  }

  /// How bodies are relayed, of streams that begin from now on: what the configuration says until somebody changes it.
  var relay: RelayMode { splicesFlag.load(ordering: .relaxed) ? .auto : .copy }
  func setRelay(_ mode: RelayMode) { splicesFlag.store(mode == .auto, ordering: .relaxed) }

  /// Takes a place for one more pipe and its two descriptors; clients and connections have the first claim to those.
  func claimPipe() -> Bool {
    let (_, count) = pipes.add(1, ordering: .relaxed)
    let fits = count <= ProxyLimits.pipes && hasSpareDescriptors
    if fits { openDescriptors.add(2, ordering: .relaxed) } else { pipes.subtract(1, ordering: .relaxed) }
    return fits
  }

  /// In use or idle.
  var pipeCount: Int { pipes.load(ordering: .relaxed) }

  func releasePipe() {
    pipes.subtract(1, ordering: .relaxed)
    openDescriptors.subtract(2, ordering: .relaxed)
  }

  /// What the process needs before its first client: event loops and listeners hold a handful each.
  static func leastDescriptors(threads: Int) -> Int { 16 + 6 * threads + reservedDescriptors }

  /// Takes a place for one more upstream connection and its descriptor, or says why there is none.
  func claimUpstream() -> ProxyCause? {
    guard hasSpareDescriptors else { return .outOfDescriptors }
    let (_, count) = upstreamConnections.add(1, ordering: .relaxed)
    guard count <= configuration.limits.upstreamConnections else {
      upstreamConnections.subtract(1, ordering: .relaxed)
      return .connectionLimit
    }
    descriptorOpened()
    return nil
  }

  /// Being opened, in use, or idle.
  var upstreamCount: Int { upstreamConnections.load(ordering: .relaxed) }

  func releaseUpstream() {
    upstreamConnections.subtract(1, ordering: .relaxed)
    descriptorClosed()
  }

  /// False when this address has as many connections as it may; otherwise `clientLeft` must follow.
  func clientCame(from address: String) -> Bool {
    let limit = configuration.limits.connectionsPerClient
    guard limit > 0 else { return true }
    return clientsByAddress.withLock { clients in
      guard clients[address, default: 0] < limit else { return false }
      clients[address, default: 0] += 1
      return true
    }
  }

  func clientLeft(_ address: String) {
    guard configuration.limits.connectionsPerClient > 0 else { return }
    clientsByAddress.withLock { clients in
      let count = clients[address, default: 0] - 1
      clients[address] = count > 0 ? count : nil
    }
  }
}
