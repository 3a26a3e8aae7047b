internal import Synchronization

/// Keeps the time series of a run while it goes on. About one microsecond of work ten times a second.
final class RunSeries: RunObserver {
  private let state = Mutex(TimeSeries())

  func observe(_ snapshot: Snapshot) { state.withLock { $0.observe(snapshot) } }

  /// So far; of the whole run when the last snapshot was of its end.
  func series() -> TimeSeries { state.withLock { $0 } }
}
