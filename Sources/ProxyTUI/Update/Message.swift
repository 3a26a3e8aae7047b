internal import LoadGen

/// What happens to the dashboard.
enum Message: Sendable {
  /// The run as it is now. Times are on the loop's clock, in seconds.
  case tick(RunView, now: Double)
  case key(Key)
  case mouse(MouseEvent)
  /// Text without anything that a terminal would obey.
  case paste(String)
  case resized(ScreenSize)
  /// Somebody outside asks for the end; with `atOnce` without waiting for running streams.
  case quitRequested(atOnce: Bool)
}

/// What the reducer wants done. The loop does it, in order.
enum Effect: Sendable, Equatable {
  /// For the source of the run.
  case command(RunCommand)
  /// Draw everything from nothing.
  case repaint
  case suspend
  case leave
}
