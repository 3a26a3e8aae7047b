/// The exit codes that every tool shares; CI systems act on them, so they never change meaning.
public enum ToolExit: Int32, Sendable {
  case passed = 0
  /// The run could not start, or no stream ever got a response.
  case couldNotRun = 1
  case usage = 2
  /// A threshold or an expectation failed.
  case thresholdFailed = 99
  case badConfiguration = 104
  /// Interrupted by a person or a signal; the partial report was written.
  case interrupted = 105
}

/// An error that ends the tool: one line that names the thing and the way out, and the exit code that goes with it.
public struct ToolFailure: Error, CustomStringConvertible, Sendable {
  public let exit: ToolExit
  /// One line, without the tool's name and without a final full stop needing context: `-c 0: concurrency must be at least 1`.
  public let message: String
  /// The option whose value is wrong, as `--listen`: where that value came from the environment or a file, `ToolMain` says
  /// so and exits with `badConfiguration`.
  public let option: String?

  public init(_ exit: ToolExit, _ message: String, option: String? = nil) {
    self.exit = exit
    self.message = message
    self.option = option
  }

  public static func usage(_ message: String) -> ToolFailure { ToolFailure(.usage, message) }

  /// The message begins with the option's name: `.usage("--threads", "0: must be from 1 to 1024")`.
  public static func usage(_ option: String, _ message: String) -> ToolFailure {
    ToolFailure(.usage, "\(option) \(message)", option: option)
  }

  public var description: String { message }
}
