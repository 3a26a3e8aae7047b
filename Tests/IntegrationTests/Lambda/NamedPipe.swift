import Foundation

/// Tells when a process is gone that is somebody else's child: while it lives, it holds the other end of a pipe.
final class NamedPipe: Sendable {
  let path: String
  private let descriptor: Int32

  init() throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("gz-pipe-\(UUID().uuidString)").path
    guard mkfifo(path, 0o600) == 0 else { throw RunningServer.Failure(description: "no pipe at \(path): \(errno)") }
    descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { throw RunningServer.Failure(description: "cannot open \(path): \(errno)") }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// The command as it holds the pipe, if that still has its name when it starts.
  func held(by command: [String]) -> [String] {
    ["/bin/sh", "-c", #"test -p "$0" && exec 3> "$0"; exec "$@""#, path] + command
  }

  /// From now on nobody new can hold it.
  func removeName() { unlink(path) }

  /// Waits until nobody holds it any more. False when somebody still does.
  func waitForEnd(seconds: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: 0, revents: 0)
    return poll(&poller, 1, seconds * 1000) > 0
  }
}
