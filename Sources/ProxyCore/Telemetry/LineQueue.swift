internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Lines on their way from the event loops to the one thread that writes them. Bounded; what does not fit is counted and
/// dropped, so that a slow disk or an unread pipe never slows a stream.
final class LineQueue: Sendable {
  /// Bytes that wait. The batch that is being written comes on top, so twice this is the most that is ever held.
  static let limit = 1_048_576
  /// How long lines gather after the first: one write and one wake-up for all of them, and not for each.
  private static let gathering: UInt32 = 5_000

  struct Batch {
    var bytes: [UInt8] = []
    var lines: Int64 = 0
    /// Nothing will come after it.
    var isLast = false
    /// The file is to be opened anew first.
    var reopens = false
  }

  private let waiting = Mutex(Batch())
  private let dropped = Atomic<Int64>(0)
  private let bell = Doorbell()

  var droppedLines: Int64 { dropped.load(ordering: .relaxed) }
  func drop(_ lines: Int64) { dropped.add(lines, ordering: .relaxed) }

  func append(_ line: [UInt8]) {
    let (fits, wasEmpty) = waiting.withLock { waiting in
      guard !waiting.isLast, waiting.bytes.count + line.count <= Self.limit else { return (false, false) }
      let wasEmpty = waiting.lines == 0
      waiting.bytes += line
      waiting.lines += 1
      return (true, wasEmpty)
    }
    if !fits { drop(1) }
    if wasEmpty { bell.ring() }
  }

  func close() {
    waiting.withLock { $0.isLast = true }
    bell.ring()
  }

  func reopen() {
    waiting.withLock { $0.reopens = true }
    bell.ring()
  }

  /// Waits until there is something, and swaps it for `batch`, whose memory is used again.
  func next(_ batch: inout Batch) {
    bell.wait()
    usleep(Self.gathering)
    batch.bytes.removeAll(keepingCapacity: true)
    batch.lines = 0
    batch.reopens = false
    let empty = batch
    batch = waiting.withLock { waiting in
      let full = waiting
      waiting = empty
      waiting.isLast = full.isLast
      return full
    }
  }
}
