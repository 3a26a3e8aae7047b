internal import ToolSupport

/// What `/.gzlambda/stats` says. Sizes are in bytes; what has no value now is null.
enum StatsDocument {
  static func make(_ pool: EnvironmentPool) -> JSONValue {
    let configuration = pool.configuration
    let counters = pool.counters
    return [
      "version": .string(ToolVersion.current), "front": .string(configuration.front.rawValue),
      "instances_mode": .string(configuration.instances.rawValue),
      "invoke_mode": .string(configuration.invokeMode.rawValue), "concurrency": number(configuration.concurrency),
      "memory_limit_bytes": .integer(configuration.memoryBytes), "rss_bytes": .integer(pool.rssBytes),
      "rss_peak_bytes": .integer(max(pool.rssPeakBytes, pool.rssBytes)),
      "active_invocations": number(pool.activeInvocations), "invocations_total": number(counters.invocations),
      "failures_total": number(counters.failures), "throttled_total": number(counters.throttled),
      "timeouts_total": number(counters.timeouts),
      "failures": .object(counters.failuresByType.mapValues(number)),
      "instances": .array(pool.environments.map(instance)),
    ]
  }

  private static func instance(_ environment: Environment) -> JSONValue {
    let isManaged = environment.isManaged
    return [
      "id": .string(environment.id), "pid": environment.process.map { .integer(Int64($0.pid)) } ?? .null,
      "state": .string(environment.state.rawValue), "rss_bytes": environment.rssBytes.map { .integer($0) } ?? .null,
      "rss_peak_bytes": environment.peakBytes.map { .integer($0) } ?? .null,
      "active_invocations": number(environment.activeInvocations),
      "parked_workers": number(environment.parked.count),
      "max_concurrency": number(isManaged ? environment.configuration.concurrency : 1),
      "invocations_total": number(environment.counters.invocations),
      "failures_total": number(environment.counters.failures), "restarts": number(environment.restarts),
    ]
  }

  private static func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
}
