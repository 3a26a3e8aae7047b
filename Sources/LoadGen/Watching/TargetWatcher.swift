internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Follows the target's memory, about four times a second, by asking one or two probes.
///
/// A thread of its own does the asking; `current()` only copies the last answers. Until there was one nothing is reported,
/// and an answer that fails later leaves the last one standing, with its age. Where there are two probes the first one's
/// figures are the target's; of the second, its instances and what is held for each stream.
public final class TargetWatcher: TargetMemorySource {
  private struct State {
    var memories: [TargetMemory]
    var sampledAt: [Int64?]
    var stopped = false
    var thread: PlainThread?
  }

  private let probes: [any MemoryProbe]
  private let watched: @Sendable () -> [String]
  private let state: Mutex<State>

  /// - Parameters:
  ///   - probes: in the order of who is believed.
  ///   - notices: what a person should know at once; asked often, so it must not block.
  init(probes: [any MemoryProbe], notices: @escaping @Sendable () -> [String] = { [] }) {
    self.probes = probes
    watched = notices
    state = Mutex(
      State(
        memories: probes.map { _ in TargetMemory() }, sampledAt: [Int64?](repeating: nil, count: probes.count)))
  }

  /// For `--watch-pid` and `--watch-url`.
  ///
  /// - Throws: `couldNotRun` when the process is gone already.
  convenience init(_ target: WatchTarget) throws(ToolFailure) {
    var probes: [any MemoryProbe] = []
    #if os(Linux)
      if let pid = target.pid { probes.append(try ProcessProbe(pid: pid)) }
    #endif
    if let url = target.url { probes.append(StatsProbe(url: url, source: url)) }
    self.init(probes: probes)
  }

  deinit { state.withLock { $0.stopped = true } }

  /// Asks once, so that even a short run has a figure, then keeps asking on a thread. Call once.
  public func start() {
    sample()
    let thread = PlainThread.start(name: "target-watch") { [weak self] in
      while true {
        // The pause holds no reference, so that a forgotten watcher can end.
        usleep(Self.interval)
        guard let self, self.sample() else { return }
      }
    }
    state.withLock { $0.thread = thread }
  }

  /// Asks a last time, so that the peak is the run's, and ends the thread. Further calls do nothing.
  public func stop() {
    let (wasStopped, thread) = state.withLock { state in
      defer { state.stopped = true }
      return (state.stopped, state.thread.take())
    }
    thread?.join()
    if !wasStopped { sample(evenIfStopped: true) }
  }

  public func current() -> TargetMemory {
    let now = MonotonicClock.now()
    let (memories, sampledAt) = state.withLock { ($0.memories, $0.sampledAt) }
    var result = TargetMemory()
    for (index, memory) in memories.enumerated().reversed() {
      // The later in the list, the less it is believed: what an earlier one knows replaces it.
      result.unavailableReason = memory.unavailableReason ?? result.unavailableReason
      if !memory.bufferedByRequest.isEmpty { result.bufferedByRequest = memory.bufferedByRequest }
      result.instances.merge(memory.instances) { $1 }
      guard memory.source != nil else { continue }
      result.source = memory.source
      result.rssBytes = memory.rssBytes
      result.rssPeakBytes = memory.rssPeakBytes
      result.sampleCount = memory.sampleCount
      result.ageSeconds = sampledAt[index].map { (now &- $0).secondsFromNanoseconds }
    }
    return result
  }

  public func notices() -> [String] { watched() + probes.flatMap { $0.notices() } }

  /// False when the watcher was stopped.
  @discardableResult
  private func sample(evenIfStopped: Bool = false) -> Bool {
    for (index, probe) in probes.enumerated() {
      guard evenIfStopped || !state.withLock({ $0.stopped }) else { return false }
      // Only this thread changes it, so nothing is lost between the copy and its return.
      var memory = state.withLock { $0.memories[index] }
      let isAnswered = probe.sample(into: &memory)
      let now = MonotonicClock.now()
      state.withLock { state in
        state.memories[index] = memory
        if isAnswered { state.sampledAt[index] = now }
      }
    }
    return true
  }

  private static let interval: UInt32 = 250_000
}
