#if os(Linux)
  internal import Synchronization
  internal import ToolSupport

  /// Reads the memory of a process and its descendants (`--watch-pid`). When it ends, its last figure stays, and ages.
  final class ProcessProbe: MemoryProbe {
    private let tree: ProcessTree
    private let began = MonotonicClock.now()
    private let endedAt = Mutex<Int64?>(nil)

    /// - Throws: `couldNotRun` when there is no such process (any more).
    init(pid: Int32) throws(ToolFailure) {
      guard let tree = ProcessTree(pid: pid) else {
        throw ToolFailure(.couldNotRun, "--watch-pid \(pid): there is no such process any more")
      }
      self.tree = tree
    }

    func sample(into memory: inout TargetMemory) -> Bool {
      guard endedAt.withLock({ $0 == nil }) else { return false }
      guard let reading = tree.read() else {
        endedAt.withLock { $0 = MonotonicClock.now() }
        return false
      }
      let others = reading.processes - 1
      memory.source =
        others > 0 ? "pid \(tree.pid) and \(others) \(others == 1 ? "descendant" : "descendants")" : "pid \(tree.pid)"
      memory.rssBytes = reading.rssBytes
      memory.rssPeakBytes = max(memory.rssPeakBytes ?? 0, reading.rssBytes)
      memory.sampleCount &+= 1
      return true
    }

    func notices() -> [String] {
      guard let ended = endedAt.withLock({ $0 }) else { return [] }
      let after = HumanText.duration((ended &- began).secondsFromNanoseconds)
      return ["the watched process (pid \(tree.pid)) ended \(after) after the start: its memory is what was last seen"]
    }
  }
#endif
