internal import LoadGen

/// What happens to the dashboard.
enum Message: Sendable {
  /// A sample of the run. Times are on the loop's clock, in seconds.
  case tick(Snapshot, now: Double)
  case key(Key)
  case resized(ScreenSize)
  /// Somebody outside asks for the end; with `atOnce` without waiting for running streams.
  case quitRequested(atOnce: Bool)
}

/// What the reducer wants done. The loop does it, in order.
enum Effect: Sendable, Equatable {
  case setConcurrency(Int)
  case setPaused(Bool)
  case stop(LoadStop)
  /// Draw everything from nothing.
  case repaint
  case suspend
  case leave
}
