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
  let requests: RequestSet

  init(plan: LoadPlan, requests: RequestSet, threads: Int, start: Int64) {
    self.plan = plan
    self.threads = threads
    self.start = start
    deadline = plan.duration.map { start.saturatingAdd($0.nanoseconds) } ?? .max
    allocator = StreamAllocator(limit: plan.streams, targets: plan.targets.count)
    self.requests = requests
    references = ReferenceStore(targets: plan.targets.count, memory: plan.referenceMemory.bytes)
  }

  /// Lanes of one thread: lane N of the run is slot N / threads of thread N % threads.
  func share(thread: Int, concurrency: Int) -> Int { max(0, (concurrency &- thread &+ threads &- 1) / threads) }

  func lane(thread: Int, slot: Int) -> Int { slot &* threads &+ thread }
}
