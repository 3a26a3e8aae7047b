internal import NIOPosix
internal import Synchronization
internal import ToolSupport

/// Lambda's lines on stderr, written by a thread that may wait for a slow reader. Holds 1 MiB of lines at most; more are dropped
/// and counted.
final class EventLog: Sendable {
  private static let limit = 1 << 20

  private struct Pending {
    var text = ""
    var dropped = 0
    var isBeingWritten = false
  }
  private let pending = Mutex(Pending())
  private let pool = NIOThreadPool(numberOfThreads: 1)
  private let write: @Sendable (String) -> Void

  init(write: @escaping @Sendable (String) -> Void = StandardError.write) {
    self.write = write
    pool.start()
  }

  func line(_ text: String) {
    let starts = pending.withLock { pending in
      guard pending.text.utf8.count < Self.limit else {
        pending.dropped += 1
        return false
      }
      pending.text += text + "\n"
      defer { pending.isBeingWritten = true }
      return !pending.isBeingWritten
    }
    if starts { pool.submit { _ in self.drain() } }
  }

  /// Waits until everything is written.
  func close() async { try? await pool.shutdownGracefully() }

  private func drain() {
    while true {
      let text = pending.withLock { pending in
        defer {
          pending.text = ""
          pending.dropped = 0
        }
        if pending.text.isEmpty { pending.isBeingWritten = false }
        return pending.dropped > 0 ? pending.text + "gzlambda: \(pending.dropped) lines were dropped\n" : pending.text
      }
      guard !text.isEmpty else { return }
      write(text)
    }
  }
}
