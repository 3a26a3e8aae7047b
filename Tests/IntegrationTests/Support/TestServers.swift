/// The servers that many tests share: one origin, and one proxy before it. They live as long as the test process, and end
/// with it, because they are its children by `--life-fd`-like means: each suite stops what it starts itself, these are
/// stopped at exit.
import Foundation

actor TestServers {
  static let shared = TestServers()

  private var originTask: Task<RunningServer, any Error>?
  private var proxyTask: Task<RunningServer, any Error>?

  func origin() async throws -> RunningServer {
    if originTask == nil { originTask = Task { Self.stopAtExit(try await RunningServer.origin()) } }
    guard let originTask else { throw CancellationError() }
    return try await originTask.value
  }

  func proxy() async throws -> RunningServer {
    if proxyTask == nil {
      proxyTask = Task {
        let origin = try await TestServers.shared.origin()
        return Self.stopAtExit(try await RunningServer.proxy(upstream: origin.url, ["--telemetry"]))
      }
    }
    guard let proxyTask else { throw CancellationError() }
    return try await proxyTask.value
  }

  private static func stopAtExit(_ server: RunningServer) -> RunningServer {
    ExitList.add(server.pid)
    return server
  }
}

/// Processes that must not outlive the test process.
private enum ExitList {
  nonisolated(unsafe) private static var pids: [Int32] = []  // guarded by `lock`
  private static let lock = NSLock()
  nonisolated(unsafe) private static var installed = false  // guarded by `lock`

  static func add(_ pid: Int32) {
    lock.withLock {
      pids.append(pid)
      guard !installed else { return }
      installed = true
      atexit { ExitList.lock.withLock { for pid in ExitList.pids { kill(pid, SIGKILL) } } }
    }
  }
}
