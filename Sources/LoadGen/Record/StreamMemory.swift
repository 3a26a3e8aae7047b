internal import Synchronization

/// The streams that ended last, for a report of single streams that is asked for while the run goes on. Those of the warm-up are
/// left out, as they are of every figure.
///
/// Guarantees: never more than `limit`. Costs: a lock that nobody else holds for longer than a copy takes, once a stream.
final class StreamMemory: EventConsumer, Sendable {
  static let limit = 10_000

  private struct Ring {
    var records: [StreamRecord] = []
    /// Of the oldest, once it is full.
    var oldest = 0
  }
  private let ring = Mutex(Ring())

  /// In the order in which they ended.
  var records: [StreamRecord] {
    ring.withLock { Array($0.records[$0.oldest...] + $0.records[..<$0.oldest]) }
  }

  var wantsLines: Bool { false }

  func begin(_ header: UnsafeRawBufferPointer) {}

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    guard case .end(let record) = event, !record.isWarmUp else { return }
    ring.withLock { ring in
      guard ring.records.count >= Self.limit else { return ring.records.append(record) }
      ring.records[ring.oldest] = record
      ring.oldest = (ring.oldest &+ 1) % Self.limit
    }
  }

  func settle(now: Int64) {}

  func finish() {}
}
