internal import Synchronization
public import ToolSupport

/// The embedded lab: the proxy and the origin as child processes, so that the proxy's memory is the proxy's alone. Of a
/// function, the proxy is the child of gzlambda, which ends it when it ends itself.
///
/// Guarantees: everything listens on a port of 127.0.0.1 that the system chose; `start` returns when all children serve,
/// or throws with none of them left; they end with `stop`, with this object, or with this process, however it ends.
public final class Lab: Sendable {
  /// Invocations at once of a lab's function, where nobody asks for more: what a virtual CPU of a Managed Instance takes at most.
  public static let functionConcurrency = 64
  /// What gzlambda takes.
  static let maximumFunctionConcurrency = 1000

  public let mode: LabMode
  /// `http://127.0.0.1:PORT` of what is loaded: the proxy, or the function's front.
  public let baseURL: String
  let proxyPort: Int
  /// Of the child that is loaded.
  let proxyPid: Int32
  /// In the order they are ended: the proxy first, so that its end looks like nobody's failure.
  private let children: [ChildProcess]
  private let ending = Mutex(false)

  /// Starts the children, the origin first.
  ///
  /// - Parameter concurrency: invocations at once of a lab's function.
  /// - Throws: `couldNotRun`, naming the child.
  public static func start(
    mode: LabMode, concurrency: Int = functionConcurrency, errors: ChildProcess.ErrorOutput
  ) throws(ToolFailure) -> Lab {
    try start(mode: mode, concurrency: concurrency, errors: errors, locate: ChildCommand.locate)
  }

  /// - Parameter locate: says how a role is started; tests put shell scripts here.
  static func start(
    mode: LabMode, concurrency: Int = functionConcurrency, errors: ChildProcess.ErrorOutput,
    locate: (ChildRole) -> ChildCommand?, readyWithin limit: Duration = .seconds(10)
  ) throws(ToolFailure) -> Lab {
    var chain: [ChildProcess] = []
    var port: Int?
    for role in LabStep.roles(mode) {
      let command = try located(role, locate)
      let runtime = role == .gzlambda ? try located(.gzproxy, locate).forOthers : nil
      let step = LabStep(
        role, mode: mode, concurrency: concurrency, upstream: port.map { "http://127.0.0.1:\($0)" }, runtime: runtime)
      let server = try ChildProcess.startServer(
        executable: command.executable, arguments: command.leadingArguments + step.arguments, operands: step.command,
        name: role.rawValue, errors: errors, readyWithin: limit, dropping: ownVariables)
      chain.append(server.child)
      port = server.port
    }
    guard let proxy = chain.last, let port else { throw ToolFailure(.couldNotRun, "the lab has no proxy") }
    return Lab(mode: mode, proxy: proxy, port: port, children: chain.reversed())
  }

  private static func located(
    _ role: ChildRole, _ locate: (ChildRole) -> ChildCommand?
  ) throws(ToolFailure) -> ChildCommand {
    guard let command = locate(role) else {
      throw ToolFailure(.couldNotRun, "\(role.rawValue): cannot find the path of this executable to start it from")
    }
    return command
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

  /// Polls the proxy's memory: of a function, that of each environment. Its thread ends with `TargetWatcher.stop()`.
  public func watcher() -> TargetWatcher {
    let probe =
      mode.isFunction
      ? StatsProbe(url: baseURL + TargetStats.lambdaPath, source: "gzproxy")
      : StatsProbe(url: baseURL + TargetStats.path, source: "gzproxy (child, pid \(proxyPid))")
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

  /// The lab is the same whatever a person has set for servers of their own (`GZPROXY_CONFIG`, `GZORIGIN_LISTEN`), for an
  /// account at AWS, or where the tester itself runs on Lambda.
  private static let ownVariables = ["GZPROXY_", "GZORIGIN_", "GZLAMBDA_", "AWS_", "LAMBDA_", "_HANDLER=", "_X_AMZN_"]
}
