/// Somebody who follows a run while it goes on: a time series, an early end, an endpoint for others.
protocol RunObserver: AnyObject, Sendable {
  /// Called about ten times a second on the monitor's thread. Must not block.
  func observe(_ snapshot: Snapshot)
}
