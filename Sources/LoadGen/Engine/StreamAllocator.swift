internal import Synchronization

/// Hands out the streams of a run, exactly as many as the plan has, to whichever thread asks next.
///
/// One atomic for all threads: with a share for each thread, a run would end with some lanes idle while a slow thread
/// still had streams to start.
final class StreamAllocator: Sendable {
  struct Ticket: Equatable {
    /// Number of the stream in the run, from 1.
    let stream: Int
    /// Index into the plan's targets, round robin.
    let target: Int
  }

  private let taken = Atomic<Int>(0)
  private let limit: Int
  private let targets: Int

  /// `limit` nil is no limit.
  init(limit: Int?, targets: Int) {
    self.limit = limit ?? .max
    self.targets = max(1, targets)
  }

  /// Nil when every stream of the plan was handed out.
  func next() -> Ticket? {
    // The check before the increment keeps idle threads that ask again and again from moving the count for ever.
    guard !isExhausted else { return nil }
    let index = taken.wrappingAdd(1, ordering: .relaxed).oldValue
    guard index >= 0, index < limit else { return nil }
    return Ticket(stream: index &+ 1, target: index % targets)
  }

  var isExhausted: Bool { taken.load(ordering: .relaxed) >= limit }
}
