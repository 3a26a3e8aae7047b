internal import Synchronization

/// The streams that ended last, for a report of single streams that is asked for while the run goes on. Those of the warm-up are
/// left out, as they are of every figure, and those that ended before statistics were reset.
///
/// Guarantees: never more than `limit`. Costs: a lock that nobody else holds for longer than a copy takes, once a stream.
final class StreamMemory: EventConsumer, Sendable {
  static let limit = 10_000

  private struct Ring {
    var records: [StreamRecord] = []
    /// Of the oldest, once it is full.
    var oldest = 0
    /// What ended before, and is told late, counts no more.
    var countedFrom = Int64.min
  }
  private let ring = Mutex(Ring())

  /// In the order in which they ended.
  var records: [StreamRecord] {
    ring.withLock { Array($0.records[$0.oldest...] + $0.records[..<$0.oldest]) }
  }

  var wantsLines: Bool { false }

  func begin(_ header: UnsafeRawBufferPointer) {}

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    if case .reset(let at) = event { return ring.withLock { $0 = Ring(countedFrom: at) } }
    guard case .end(let record) = event, !record.isWarmUp else { return }
    ring.withLock { ring in
      guard record.endedAt >= ring.countedFrom else { return }
      guard ring.records.count >= Self.limit else { return ring.records.append(record) }
      ring.records[ring.oldest] = record
      ring.oldest = (ring.oldest &+ 1) % Self.limit
    }
  }

  func settle(now: Int64) {}

  func finish() {}
}
