/// One server of the lab: which, and with which words.
struct LabStep: Equatable {
  var role: ChildRole
  /// For the server itself.
  var arguments: [String]
  /// What stands behind them all: the runtime's command, of gzlambda.
  var command: [String] = []

  /// What is started for a mode, the origin first.
  static func roles(_ mode: LabMode) -> [ChildRole] {
    switch mode {
    case .proxy: [.gzorigin, .gzproxy]
    case .naive: [.gzorigin, .gzorigin, .gzproxy]
    case .lambda, .buffered: [.gzorigin, .gzlambda]
    }
  }

  /// - Parameters:
  ///   - upstream: the server that was started before; nil for the first.
  ///   - runtime: how gzproxy is started by gzlambda.
  init(_ role: ChildRole, mode: LabMode, concurrency: Int, upstream: String?, runtime: ChildCommand?) {
    self.role = role
    let upstream = upstream.map { ["--upstream", $0] } ?? []
    switch role {
    case .gzorigin: arguments = (upstream.isEmpty ? [] : ["naive"]) + Self.listen + upstream
    case .gzproxy: arguments = ["serve"] + Self.listen + Self.adminListen + ["--telemetry"] + Self.quiet + upstream
    case .gzlambda:
      arguments = Self.listen + Self.function(concurrency, mode)
      let words = runtime.map { [$0.executable] + $0.leadingArguments } ?? []
      // The runtime's own lines, which failures make, go to gzlambda's standard error.
      let log = ["--access-log-file", "/dev/null"]
      let lambda = ["lambda", "--telemetry", "--lambda-mode", Self.invokeMode(mode)]
      command = ["--"] + words + lambda + Self.quiet + log + upstream
    }
  }

  private static let listen = ["--listen", "127.0.0.1:0"]
  /// Where it can be switched while it runs.
  private static let adminListen = ["--admin-listen", "127.0.0.1:0"]

  /// The lab must take as many lanes as the tester can have; what stops them is the descriptor limit, not this one.
  /// Its log would stand between the lines of the tester, which counts the same failures.
  private static let quiet = ["--access-log", "off", "--max-upstream-connections", "1000000"]

  /// One process that serves many invocations, at full speed: the lab measures the proxy, and not a rate that Lambda sets.
  private static func function(_ concurrency: Int, _ mode: LabMode) -> [String] {
    [
      "--runtime-api", "127.0.0.1:0", "--instances", "managed", "--concurrency", "\(concurrency)", "--invoke-mode",
      invokeMode(mode), "--bandwidth", "off", "--log", "off",
    ]
  }

  private static func invokeMode(_ mode: LabMode) -> String { mode == .buffered ? "buffered" : "stream" }
}
