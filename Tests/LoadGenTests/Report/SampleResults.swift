import ToolSupport

@testable import LoadGen

/// Runs as they could have been, for the report's tests.
enum SampleResults {
  private static func plan() -> LoadPlan {
    var plan = LoadPlan(urls: ["http://127.0.0.1:8080/gzip/8MiB"])
    plan.concurrency = 16
    plan.streams = 200
    return plan
  }

  private static func run(_ counters: Counters) -> RunResult {
    RunResult(
      plan: plan(), startedAt: 1_795_290_202.5, durationSeconds: 0, interrupted: false, counters: counters,
      distributions: Distributions(), evidence: [], memory: TargetMemory(), client: ClientUse(), notes: [])
  }

  /// Nothing was started.
  static var empty: RunResult { run(Counters()) }

  /// All 200 streams are whole and valid.
  static var passed: RunResult {
    var counters = Counters()
    counters.streams = 200
    counters.ok = 200
    counters.bytesWire = 419_430_400
    counters.bytesDecoded = 1_677_721_600
    counters.status = [200: 200]
    counters.protocols = ["http/1.1": 200]
    counters.transport[.complete] = 200
    counters.verdicts[.valid] = 200
    counters.treatments[.full] = 1
    counters.treatments[.compared] = 199
    var result = run(counters)
    result.durationSeconds = 4
    for step in 1...200 {
      let microseconds = Int64(step) * 1000
      result.distributions.record(.ttfh, microseconds)
      result.distributions.record(.ttfb, microseconds + 500)
      result.distributions.record(.ttlb, microseconds * 10)
      result.distributions.record(.gapMax, 250)
      result.distributions.record(.throughput, 10_000_000 + Int64(step) * 100_000)
    }
    for _ in 1...16 { result.distributions.record(.connect, 180) }
    result.memory.source = "gzproxy (child, pid 4711)"
    result.memory.rssBytes = 22_020_096
    result.memory.rssPeakBytes = 25_165_824
    result.memory.sampleCount = 18
    result.client = client
    return result
  }

  /// Ten bodies were cut inside the gzip stream, one expectation was missed, two streams were cut by us.
  static var failed: RunResult {
    var result = passed
    result.plan.targets = ["http://127.0.0.1:8080/a", "http://127.0.0.1:8080/b"].map(LoadTarget.init(url:))
    result.counters.ok = 187
    result.counters.failed = 11
    result.counters.cutByDeadline = 2
    result.counters.status = [200: 198, 0: 2]
    result.counters.transport = EnumCounts()
    result.counters.transport[.complete] = 198
    result.counters.transport[.cutByDeadline] = 2
    result.counters.verdicts = EnumCounts()
    result.counters.verdicts[.valid] = 188
    result.counters.verdicts[.truncated] = 10
    result.counters.verdicts[.unchecked] = 2
    result.counters.missedExpectations = ["header Vary": 1]
    result.memory = TargetMemory()
    result.evidence = [
      Evidence(
        stream: 12, url: "http://127.0.0.1:8080/b", outcome: "truncated", cause: nil, status: 200,
        headers: [
          .init(name: "Content-Encoding", value: "gzip"), .init(name: "Set-Cookie", value: "session=secret"),
        ], bodyHead: [0x1F, 0x8B, 0x08, 0x00], bodyTail: [0xDE, 0xAD, 0xBE, 0xEF],
        advice: "the gzip stream stops before its trailer; look for a proxy or an origin that closes early")
    ]
    result.notes = ["/b differs each time: its bodies were inflated in full instead of compared"]
    return result
  }

  /// The classic broken proxy: every answer is a 502.
  static var naive: RunResult {
    var counters = Counters()
    counters.streams = 200
    counters.failed = 200
    counters.bytesWire = 40_000
    counters.status = [502: 200]
    counters.protocols = ["http/1.1": 200]
    counters.transport[.complete] = 200
    counters.verdicts[.unchecked] = 200
    counters.treatments[.frame] = 200
    var causes = EnumCounts<FailureCause>()
    causes[.lengthAndChunked] = 200
    counters.causes = [502: causes]
    var result = run(counters)
    result.durationSeconds = 1.25
    result.memory.instances = ["i-1": instance]
    result.evidence = [
      Evidence(
        stream: 1, url: "http://127.0.0.1:8080/gzip/8MiB", outcome: "status 502", cause: .lengthAndChunked, status: 502,
        headers: [.init(name: "Proxy-Status", value: "gzproxy; error=http_protocol_error")],
        bodyHead: Array("{\"title\":\"Bad Gateway\"}".utf8), bodyTail: Array("Gateway\"}".utf8),
        advice: "the upstream sent Content-Length beside Transfer-Encoding; fix the proxy behind that copies both")
    ]
    result.client = client
    return result
  }

  /// Nobody listens there.
  static var refused: RunResult {
    var counters = Counters()
    counters.streams = 200
    counters.failed = 200
    counters.status = [0: 200]
    counters.transport[.connectFailed] = 200
    counters.verdicts[.unchecked] = 200
    counters.treatments[.off] = 200
    var result = run(counters)
    result.durationSeconds = 0.5
    return result
  }

  private static var client: ClientUse {
    var client = ClientUse()
    client.cpuSeconds = 1.5
    client.busyFraction = 0.43
    client.rssPeakBytes = 47_185_920
    client.threads = 2
    return client
  }

  /// Of a run against a Lambda function.
  static var function: RunResult {
    var result = passed
    result.memory.instances = [:]
    for (id, restarts) in [("env-1", 0), ("env-10", 2)] {
      var use = TargetMemory.Instance()
      (use.rssBytes, use.rssPeakBytes) = (1, 22_020_096)
      var environment = FunctionEnvironment(state: restarts > 0 ? .ended : .ready)
      (environment.memoryLimitBytes, environment.maximumInvocations) = (2 << 30, 64)
      (environment.invocations, environment.failures, environment.restarts) = (100, restarts, restarts)
      use.environment = environment
      result.memory.instances[id] = use
    }
    return result
  }

  private static var instance: TargetMemory.Instance {
    var instance = TargetMemory.Instance()
    instance.streams = 200
    instance.rssBytes = 1
    instance.rssPeakBytes = 22_020_096
    return instance
  }
}
