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
  let originPort: Int
  let setup: LabSetup

  struct State {
    /// In the order they are ended: the proxy first, so that its end looks like nobody's failure.
    var children: [ChildProcess]
    var isEnding = false
    /// Of the second chain, once it was started (`naiveURL`).
    var naiveURL: String?
    /// Of the proxies that can be switched.
    var adminPorts: [Int] = []
    /// What they were last told.
    var relay = LabRelay.auto
  }
  let state: Mutex<State>

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
    locate: @escaping @Sendable (ChildRole) -> ChildCommand?, readyWithin limit: Duration = .seconds(10)
  ) throws(ToolFailure) -> Lab {
    let setup = LabSetup(concurrency: concurrency, errors: errors, locate: locate, readyWithin: limit)
    var chain: [ChildProcess] = []
    var ports: [Int] = []
    var adminPorts: [Int] = []
    for role in LabStep.roles(mode) {
      let server = try setup.start(role, mode: mode, upstream: ports.last)
      chain.append(server.child)
      ports.append(server.port)
      if let port = server.adminPort { adminPorts.append(port) }
    }
    guard let proxy = chain.last, let port = ports.last, let origin = ports.first else {
      throw ToolFailure(.couldNotRun, "the lab has no proxy")
    }
    let state = State(children: chain.reversed(), adminPorts: adminPorts)
    return Lab(mode: mode, setup: setup, proxy: proxy, port: port, origin: origin, state: state)
  }

  private init(mode: LabMode, setup: LabSetup, proxy: ChildProcess, port: Int, origin: Int, state: State) {
    self.mode = mode
    self.setup = setup
    self.baseURL = "http://127.0.0.1:\(port)"
    self.proxyPort = port
    self.originPort = origin
    self.proxyPid = proxy.pid
    self.state = Mutex(state)
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
    let children = state.withLock { $0.isEnding ? [] : $0.children }
    return children.filter { !$0.isRunning }.map {
      "the lab's \($0.name) (pid \($0.pid)) ended during the run; what failed after that is the lab's, not a target's"
    }
  }

  /// Ends the children, killing what does not end by itself in a second. Returns when they are gone.
  public func stop() {
    let children = state.withLock { state in
      state.isEnding = true
      return state.children
    }
    for child in children { child.end(within: .seconds(1)) }
  }
}
