internal import Synchronization

/// What the live endpoints show. Values and functions only; shared by everybody.
final class LivePages: Sendable {
  let feed: EventFeed
  private let snapshot: @Sendable () -> Snapshot?
  private let stopping = Atomic<Bool>(false)

  init(feed: EventFeed, snapshot: @escaping @Sendable () -> Snapshot?) {
    self.feed = feed
    self.snapshot = snapshot
  }

  /// Before the run has begun there are no figures.
  func metrics() -> String { snapshot().map(MetricsPage.text) ?? "" }

  /// The run is over; who still reads has a moment for it.
  var isStopping: Bool { stopping.load(ordering: .acquiring) }
  func stop() { stopping.store(true, ordering: .releasing) }
}
