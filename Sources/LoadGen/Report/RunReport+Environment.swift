internal import ToolSupport

extension RunReport {
  /// What gzlambda told of an environment by the end of the run. Its counts are the environment's own: they begin before the run
  /// where that does, and others may have called the function too.
  struct Environment: Codable, Sendable, Equatable {
    var state: FunctionEnvironment.State
    var invocations: Int
    var failures: Int
    var restarts: Int
    var maximumConcurrency: Int
    /// Nil when nobody says.
    var memoryLimitBytes: Int64?

    enum CodingKeys: String, CodingKey {
      case state, invocations, failures, restarts
      case maximumConcurrency = "max_concurrency"
      case memoryLimitBytes = "memory_limit_bytes"
    }

    init(_ environment: FunctionEnvironment) {
      state = environment.state
      invocations = environment.invocations
      failures = environment.failures
      restarts = environment.restarts
      maximumConcurrency = environment.maximumInvocations
      memoryLimitBytes = environment.memoryLimitBytes
    }

    var counts: [Int] { [invocations, failures, restarts, maximumConcurrency] }

    /// What it stood for; the moment of it is gone.
    var environment: FunctionEnvironment {
      var environment = FunctionEnvironment(state: state)
      environment.invocations = invocations
      environment.failures = failures
      environment.restarts = restarts
      environment.maximumInvocations = maximumConcurrency
      environment.memoryLimitBytes = memoryLimitBytes
      return environment
    }
  }
}

extension RunReport.Instance {
  init(id: String, _ instance: TargetMemory.Instance) {
    self.init(
      id: id, streams: instance.streams, rssPeakBytes: instance.rssPeakBytes,
      environment: instance.environment.map(RunReport.Environment.init))
  }

  var use: TargetMemory.Instance {
    var use = TargetMemory.Instance()
    use.streams = streams
    use.rssPeakBytes = rssPeakBytes
    use.environment = environment?.environment
    return use
  }

  /// What it had to do: `200 streams`, `200 invocations, 1 restart`.
  var work: String {
    guard let environment else { return Self.count(streams, "stream") }
    let parts = [
      (environment.invocations, "invocation"), (environment.failures, "failure"), (environment.restarts, "restart"),
    ]
    return parts.enumerated().filter { $0.offset == 0 || $0.element.0 > 0 }
      .map { Self.count($0.element.0, $0.element.1) }.joined(separator: ", ")
  }

  /// Its memory's peak, and the limit where there is one.
  var peak: String {
    let limit = environment?.memoryLimitBytes.map { " of \(HumanText.size($0))" } ?? ""
    return HumanText.size(rssPeakBytes) + limit
  }

  private static func count(_ count: Int, _ thing: String) -> String {
    "\(HumanText.grouped(count)) \(thing)\(count == 1 ? "" : "s")"
  }
}
