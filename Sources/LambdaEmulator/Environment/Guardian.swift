internal import Synchronization
internal import ToolSupport

/// A small shell that kills the runtimes' process groups when gzlambda ends without having done so, by SIGKILL for instance:
/// runtimes know nothing of a life pipe. Started with the first runtime; it reads their numbers from its own life pipe, and
/// acts at the end of that.
enum Guardian {
  private static let child = Mutex<ChildProcess?>(nil)

  private static let script = """
    trap '' INT TERM HUP QUIT PIPE
    all=' '
    while read -r what pid <&4; do
      case $what in
        +) all="$all$pid " ;;
        -) all="${all%% "$pid" *} ${all#* "$pid" }" ;;
      esac
    done
    for pid in $all; do kill -KILL "-$pid" 2>/dev/null; done
    """

  static func start() throws(ToolFailure) {
    var failure: ToolFailure?
    child.withLock { child in
      guard child == nil else { return }
      do throws(ToolFailure) {
        child = try ChildProcess.start(
          executable: "/bin/sh", arguments: ["-c", script], name: "guardian", errors: .null)
      } catch { failure = error }
    }
    if let failure { throw failure }
  }

  static func watch(_ pid: Int32) { send("+ \(pid)\n") }
  /// Once its group is gone.
  static func forget(_ pid: Int32) { send("- \(pid)\n") }

  private static func send(_ line: String) { child.withLock { $0?.send(Array(line.utf8)) } }
}
