/// What the loop draws on: a terminal, or a fake one in tests.
protocol Screen: AnyObject {
  var size: ScreenSize { get }
  func put(row: Int, column: Int, cells: ArraySlice<Cell>)
  /// Forgets what is shown: the next flush draws everything.
  func clear()
  /// Shows what was put since the last flush.
  func flush()
  /// The next event, waiting for at most so many milliseconds; nil when there was none.
  func event(withinMilliseconds limit: Int) -> ScreenEvent?
  /// Gives the terminal back, stops the job, and returns when it was continued.
  func suspend()
  /// Takes the terminal again after a continuation that we did not ask for.
  func reenter()
}
