internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Follows the memory of a gzproxy on this machine by its `/.gzproxy/stats`, about four times a second.
///
/// A thread of its own does the asking; `current()` only copies the last answer. Until there was one, and for a proxy
/// without telemetry, nothing is reported. An answer that fails later leaves the last one standing.
public final class TargetWatcher: TargetMemorySource {
  private struct State {
    var memory = TargetMemory()
    var sampledAt: Int64?
    var stopped = false
    var thread: PlainThread?
  }

  private let port: Int
  private let source: String
  private let watched: @Sendable () -> [String]
  private let state = Mutex(State())

  /// - Parameters:
  ///   - port: of 127.0.0.1.
  ///   - source: who is asked, as the report names it.
  ///   - notices: what a person should know at once; asked often, so it must not block.
  public init(port: Int, source: String, notices: @escaping @Sendable () -> [String] = { [] }) {
    self.port = port
    self.source = source
    watched = notices
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

  /// Asks a last time, so that the peak is the run's, and ends the thread.
  public func stop() {
    let thread = state.withLock { state in
      state.stopped = true
      return state.thread.take()
    }
    thread?.join()
    sample(evenIfStopped: true)
  }

  public func current() -> TargetMemory {
    state.withLock { state in
      var memory = state.memory
      memory.ageSeconds = state.sampledAt.map { (MonotonicClock.now() &- $0).secondsFromNanoseconds }
      return memory
    }
  }

  public func notices() -> [String] { watched() }

  /// False when the watcher was stopped.
  @discardableResult
  private func sample(evenIfStopped: Bool = false) -> Bool {
    guard evenIfStopped || !state.withLock({ $0.stopped }) else { return false }
    let answer = LoopbackGet.body(port: port, path: "/.gzproxy/stats", timeout: .seconds(1))
    guard let answer, let stats = ProxyStats(json: answer) else { return true }
    state.withLock { state in
      stats.update(&state.memory, source: source)
      state.sampledAt = MonotonicClock.now()
    }
    return true
  }

  private static let interval: UInt32 = 250_000
}
