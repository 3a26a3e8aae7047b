internal import Synchronization
public import ToolSupport

/// The embedded lab: the proxy and the origin as child processes, so that the proxy's memory is the proxy's alone.
///
/// Guarantees: everything listens on a port of 127.0.0.1 that the system chose; `start` returns when all children serve,
/// or throws with none of them left; they end with `stop`, with this object, or with this process, however it ends.
public final class Lab: Sendable {
  public let mode: LabMode
  /// `http://127.0.0.1:PORT` of the proxy that is loaded.
  public let baseURL: String
  let proxyPort: Int
  let proxyPid: Int32
  /// In the order they are ended: the proxy first, so that its end looks like nobody's failure.
  private let children: [ChildProcess]
  private let ending = Mutex(false)

  /// Starts the children, the origin first.
  ///
  /// - Throws: `couldNotRun`, naming the child.
  public static func start(mode: LabMode, errors: ChildProcess.ErrorOutput) throws(ToolFailure) -> Lab {
    try start(mode: mode, errors: errors, locate: ChildCommand.locate)
  }

  /// - Parameter locate: says how a role is started; tests put shell scripts here.
  static func start(
    mode: LabMode, errors: ChildProcess.ErrorOutput, locate: (ChildRole) -> ChildCommand?,
    readyWithin limit: Duration = .seconds(10)
  ) throws(ToolFailure) -> Lab {
    var chain: [ChildProcess] = []
    var port = 0
    for (role, arguments) in steps(mode) {
      guard let command = locate(role) else {
        throw ToolFailure(.couldNotRun, "\(role.rawValue): cannot find the path of this executable to start it from")
      }
      let upstream = chain.isEmpty ? [] : ["--upstream", "http://127.0.0.1:\(port)"]
      let server = try ChildProcess.startServer(
        executable: command.executable, arguments: command.leadingArguments + arguments + upstream, name: role.rawValue,
        errors: errors, readyWithin: limit, dropping: ownVariables)
      chain.append(server.child)
      port = server.port
    }
    guard let proxy = chain.last else { throw ToolFailure(.couldNotRun, "the lab has no proxy") }
    return Lab(mode: mode, proxy: proxy, port: port, children: chain.reversed())
  }

  private init(mode: LabMode, proxy: ChildProcess, port: Int, children: [ChildProcess]) {
    self.mode = mode
    self.baseURL = "http://127.0.0.1:\(port)"
    self.proxyPort = port
    self.proxyPid = proxy.pid
    self.children = children
  }

  deinit { stop() }

  /// The URL of a path on the lab's origin, through the proxy.
  public func url(_ path: String) -> String { baseURL + path }

  /// Polls the proxy's memory. Its thread ends with `TargetWatcher.stop()`.
  public func watcher() -> TargetWatcher {
    let probe = StatsProbe(url: baseURL + TargetStats.path, source: "gzproxy (child, pid \(proxyPid))")
    return TargetWatcher(probes: [probe]) { [weak self] in self?.notes() ?? [] }
  }

  /// One line for each child that is gone although nobody ended it. Empty after `stop`.
  public func notes() -> [String] {
    guard !ending.withLock({ $0 }) else { return [] }
    return children.filter { !$0.isRunning }.map {
      "the lab's \($0.name) (pid \($0.pid)) ended during the run; what failed after that is the lab's, not a target's"
    }
  }

  /// Ends the children, killing what does not end by itself in a second. Returns when they are gone.
  public func stop() {
    ending.withLock { $0 = true }
    for child in children { child.end(within: .seconds(1)) }
  }

  /// The lab is the same whatever a person has set for servers of their own (`GZPROXY_CONFIG`, `GZORIGIN_LISTEN`).
  private static let ownVariables = ["GZPROXY_", "GZORIGIN_"]

  /// What is started, upstream first; each but the first gets the one before as `--upstream`.
  private static func steps(_ mode: LabMode) -> [(ChildRole, [String])] {
    let listen = ["--listen", "127.0.0.1:0"]
    // The lab must take as many lanes as the tester can have; what stops them is the descriptor limit, not this one.
    // Its log would stand between the lines of the tester, which counts the same failures.
    let options = ["--telemetry", "--access-log", "off", "--max-upstream-connections", "1000000"]
    let proxy = (ChildRole.gzproxy, ["serve"] + listen + options)
    switch mode {
    case .proxy: return [(.gzorigin, listen), proxy]
    case .naive: return [(.gzorigin, listen), (.gzorigin, ["naive"] + listen), proxy]
    }
  }
}
