import Testing
import ToolSupport

/// A shell script around the built `gzload`, for what a shell does to a process before and while it runs.
enum ShellRun {
  /// - Parameter script: `$1` is the tool, `arguments` follow. It and all that it has started are killed after 25 seconds;
  ///   the exit code is 137 then.
  static func run(_ script: String, _ arguments: [String]) throws -> ToolRun {
    let own = try #require(OwnExecutable.path)
    let tool = "\(own[..<(own.lastIndex(of: "/") ?? own.startIndex)])/gzload"
    return try ToolRun(
      executable: "/usr/bin/env", ["timeout", "-s", "KILL", "25", "/bin/sh", "-c", script, "sh", tool] + arguments)
  }

  /// True while `$pid` runs. Both are asked: a shell that waits for another command may have buried it by then.
  static let isRunning = "kill -0 $pid 2>/dev/null && ! grep -q '^State:.Z' /proc/$pid/status 2>/dev/null"

  /// Goes on when `$pid` has a load thread, and thus listens to signals, or has ended.
  static let untilItRuns = """
    while \(isRunning) && [ -z "$(grep -l load-0 /proc/$pid/task/*/comm 2>/dev/null)" ]; do :; done
    """
}
