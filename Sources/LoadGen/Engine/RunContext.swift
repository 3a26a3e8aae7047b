internal import Synchronization
internal import ToolSupport

/// What all loop threads of a run share: values, and the objects that are made for sharing.
final class RunContext: Sendable {
  let plan: LoadPlan
  let threads: Int
  // Moments of the monotonic clock.
  /// When the first stream may begin; the warm-up's, if there is one.
  let opening: Int64
  /// The plan's first moment: what is planned and reported counts from here.
  let start: Int64
  /// When no further stream may start; `.max` is never.
  let deadline: Int64
  let allocator: StreamAllocator
  let ramp: LaneRamp?
  let references: ReferenceStore
  let requests: RequestSet
  /// Takes the events of streams; nil when nobody wants them.
  let events: RecordHub?
  /// Streams share HTTP/2 connections, all of them to one host, and nothing but a free lane says when they begin.
  let sharesConnections: Bool
  /// See the plan's.
  let keptPerLane: Int
  /// What the process had used when the first thread came to the plan's first moment; nil before.
  let useAtStart = Mutex<ProcessUse?>(nil)
  /// A stream of the run has got a response. Only ever set.
  let isAnswered = Atomic<Bool>(false)

  /// - Parameter opening: when the first stream may begin, which may be still to come.
  init(plan: LoadPlan, requests: RequestSet, threads: Int, start opening: Int64, events: RecordHub? = nil) {
    self.plan = plan
    self.threads = threads
    self.opening = opening
    start = opening.saturatingAdd(plan.warmUp?.nanoseconds ?? 0)
    deadline = plan.runDuration.map { [start] in start.saturatingAdd($0.nanoseconds) } ?? .max
    allocator = StreamAllocator(plan: plan, opening: opening, start: start)
    ramp = LaneRamp(plan.arrivals)
    self.requests = requests
    keptPerLane = plan.keptPerLane
    sharesConnections = Self.sharesConnections(plan)
    self.events = events
    references = ReferenceStore(targets: requests.latest().table.targets.count, memory: plan.referenceMemory.bytes)
  }

  static func sharesConnections(_ plan: LoadPlan) -> Bool {
    // A planned arrival waits for nobody: what it waits for is the target's, and a figure.
    guard plan.network.usesHTTP2, plan.network.keepsConnections, !plan.arrivals.isOpen else { return false }
    let hosts = plan.origins
    let isTLS = hosts.allSatisfy { $0.hasPrefix("https:") }
    return hosts.count == 1 && (isTLS || CurlLibrary.has(.sharedClearHTTP2))
  }

  /// Lanes of the whole process that may have streams now, of those that were ordered.
  func lanes(_ orders: LoopOrders, now: Int64) -> Int {
    guard let ramp else { return orders.concurrency }
    return min(orders.concurrency, plan.ownLanes(ramp.lanes(at: now &- start &- orders.shift)))
  }

  /// Lanes of one thread: lane N of the run is slot N / threads of thread N % threads.
  func share(thread: Int, concurrency: Int) -> Int { max(0, (concurrency &- thread &+ threads &- 1) / threads) }

  func lane(thread: Int, slot: Int) -> Int { slot &* threads &+ thread }
}
