internal import ToolSupport

/// What all loop threads of a run share: values, and the two objects that are made for sharing.
final class RunContext: Sendable {
  let plan: LoadPlan
  let threads: Int
  /// On the monotonic clock.
  let start: Int64
  /// When no further stream may start; `.max` is never.
  let deadline: Int64
  let allocator: StreamAllocator
  let references: ReferenceStore
  let body: RequestBody?
  /// Takes the events of streams; nil when nobody wants them.
  let events: RecordHub?

  init(plan: LoadPlan, threads: Int, start: Int64, events: RecordHub? = nil) {
    self.plan = plan
    self.threads = threads
    self.start = start
    self.events = events
    deadline = plan.duration.map { start.saturatingAdd($0.nanoseconds) } ?? .max
    allocator = StreamAllocator(limit: plan.streams, targets: plan.targets.count)
    if case .bytes(let bytes)? = plan.body { body = RequestBody(bytes) } else { body = nil }
    references = ReferenceStore(targets: plan.targets.count, memory: plan.referenceMemory.bytes)
  }

  /// Lanes of one thread: lane N of the run is slot N / threads of thread N % threads.
  func share(thread: Int, concurrency: Int) -> Int { max(0, (concurrency &- thread &+ threads &- 1) / threads) }

  func lane(thread: Int, slot: Int) -> Int { slot &* threads &+ thread }
}
