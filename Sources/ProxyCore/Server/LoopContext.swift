internal import NIOCore
internal import ToolSupport

/// What one event loop owns: its clients, its pool, its counters and a coarse clock. Never touched from another thread.
///
/// All time limits hang on one tick: a stream notes the tick of its last progress, and the tick compares. So progress
/// costs no clock and no timer, and a limit is met to within two ticks. The tick runs only while there is a client.
final class LoopContext {
  let eventLoop: any EventLoop
  let shared: SharedState
  let pool: UpstreamPool
  let reads: LoopReads
  let pipes: PipePool
  var counters = LoopCounters()
  /// Puts what all loops tell together; set once by the server.
  var gather: ((TelemetryDocument, any EventLoop) -> EventLoopFuture<String>)?
  /// The time of the last tick, or of the last event that read the clock.
  private(set) var now: NIODeadline
  private let clock: @Sendable () -> NIODeadline
  private var ids = RequestIDGenerator()
  private var clients: [ObjectIdentifier: any Ingress] = [:]
  private var ticker: RepeatedTask?
  private var date = HTTPDate()

  init(eventLoop: any EventLoop, shared: SharedState) {
    self.eventLoop = eventLoop
    self.shared = shared
    clock = shared.configuration.clock
    now = clock()
    reads = LoopReads(large: shared.configuration.limits.upstreamRead)
    pipes = PipePool(shared: shared)
    pool = UpstreamPool(shared: shared, eventLoop: eventLoop, reads: reads)
  }

  var limits: ProxyLimits { shared.configuration.limits }

  @discardableResult
  func readClock() -> NIODeadline {
    now = clock()
    return now
  }

  func makeRequestID() -> String { ids.next(milliseconds: WallClock.milliseconds()) }

  func dateText() -> String { date.text(seconds: Int64(WallClock.milliseconds() / 1000)) }

  func telemetry() -> TelemetryFields {
    TelemetryFields(
      instance: shared.instance, rssBytes: shared.residentSize.bytes(now: now.uptimeNanoseconds), active: shared.active)
  }

  // MARK: Clients

  func add(_ client: any Ingress) {
    clients[ObjectIdentifier(client)] = client
    if ticker == nil { startTicking() }
  }

  /// False when it was not there.
  func remove(_ client: any Ingress) -> Bool { clients.removeValue(forKey: ObjectIdentifier(client)) != nil }

  /// Idle clients go at once; the others when their response is out. Who watches the drain may stay.
  func drain() {
    for client in Array(clients.values) where client.role == .main { client.drain() }
    pool.closeIdle()
  }

  /// Ends everything, unclean where it is not finished. Returns how many streams were cut.
  func abortAll() -> Int {
    var cut = 0
    for client in Array(clients.values) where client.abortForShutdown() { cut += 1 }
    pool.closeIdle()
    return cut
  }

  func clientCount(_ role: IngressRole) -> Int { clients.values.count { $0.role == role } }

  func gather(_ document: TelemetryDocument) -> EventLoopFuture<String> {
    gather?(document, eventLoop) ?? eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
  }

  func streamReports(limit: Int) -> [StreamReport] {
    var reports: [StreamReport] = []
    for client in clients.values {
      guard reports.count < limit else { break }
      if let report = client.report(now: now) { reports.append(report) }
    }
    return reports
  }

  /// - Parameter streamLimit: how many streams are told of one by one.
  func report(streamLimit: Int) -> LoopReport {
    LoopReport(
      counters: counters, bufferedBytes: bufferedBytes,
      peakBuffer: clients.values.reduce(0) { max($0, $1.exchange?.trace.peakBuffer ?? 0) },
      clientConnections: clients.count, idleUpstreamConnections: pool.idleCount, idlePipes: pipes.idleCount,
      streams: streamReports(limit: streamLimit))
  }

  var bufferedBytes: Int64 {
    clients.values.reduce(0) { $0 + Int64($1.bufferedBytes) }
  }

  // MARK: The tick

  private func startTicking() {
    readClock()
    let context = NIOLoopBound(self, eventLoop: eventLoop)
    let period = TickPeriod.of(limits)
    ticker = eventLoop.scheduleRepeatedTask(initialDelay: period, delay: period) { _ in context.value.tick() }
  }

  private func tick() {
    readClock()
    for client in Array(clients.values) { client.tick(now) }
    pool.expire(now)
    if clients.isEmpty, pool.isEmpty {
      ticker?.cancel()
      ticker = nil
    }
  }
}

/// How often limits are looked at: an eighth of the shortest, between 5 ms and half a second.
enum TickPeriod {
  static func of(_ limits: ProxyLimits) -> TimeAmount {
    let all = [
      limits.clientHead, limits.clientIdle, limits.clientBody, limits.clientWrite, limits.upstreamConnect,
      limits.upstreamHead, limits.upstreamBody, limits.upstreamWrite, limits.upstreamIdle, ProxyLimits.lingerTime,
    ]
    let shortest = all.filter { $0 > .zero }.min() ?? .seconds(4)
    return TimeAmount(min(max(shortest / 8, .milliseconds(5)), .milliseconds(500)))
  }
}

extension NIODeadline {
  /// Whether `limit` has passed since this moment. A limit of zero never does.
  func isOlder(than limit: Duration, at now: NIODeadline) -> Bool {
    limit > .zero && now - self >= TimeAmount(limit)
  }
}
