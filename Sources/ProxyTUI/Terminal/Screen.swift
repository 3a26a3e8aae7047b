/// What the loop draws on: a terminal, or a fake one in tests.
protocol Screen: AnyObject {
  var size: ScreenSize { get }
  func put(row: Int, column: Int, cells: ArraySlice<Cell>)
  /// Forgets what is shown: the next flush draws everything.
  func clear()
  /// Forgets what is shown but leaves it there: the next flush draws over all of it, and nothing flickers.
  func redraw()
  /// Shows what was put since the last flush. Never waits for a terminal that does not read.
  func flush()
  /// Whether the terminal has taken all of the last flush; before, nothing more should be put.
  var isReady: Bool { get }
  /// The next event, waiting for at most so many milliseconds; nil when there was none.
  func event(withinMilliseconds limit: Int) -> ScreenEvent?
  /// Gives the terminal back, stops the job, and returns when it was continued.
  func suspend()
  /// Takes the terminal again after a continuation that we did not ask for.
  func reenter()
}
