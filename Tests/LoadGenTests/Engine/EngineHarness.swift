import Histogram
import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the tests of the running engine share: a server and a plan, run to the end, with the sums that must always
/// hold.
enum EngineHarness {
  static let hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

  /// One lane, one stream, nothing validated, and no test that hangs for ever.
  static func plan(_ url: String, _ change: (inout LoadPlan) -> Void = { _ in }) -> LoadPlan {
    var plan = LoadPlan(urls: [url])
    plan.concurrency = 1
    plan.streams = 1
    plan.validation = .off
    plan.maxTime = .seconds(10)
    change(&plan)
    return plan
  }

  /// Runs a plan against a server that answers by `script`.
  static func run(
    _ script: @escaping @Sendable (ScriptedServer.Request) -> [ScriptedServer.Step],
    _ change: (inout LoadPlan) -> Void = { _ in }
  ) throws -> (result: RunResult, requests: [ScriptedServer.Request]) {
    let server = try ScriptedServer(script)
    defer { server.stop() }
    return (try run(plan(server.url(), change)), server.requests)
  }

  static func run(_ plan: LoadPlan) throws -> RunResult {
    let engine = try LoadEngine(plan: plan, memory: NoTargetMemory())
    try engine.start()
    let result = engine.wait()
    expectSums(result.counters)
    #expect(engine.snapshot().phase == .finished)
    return result
  }

  /// Every ended stream is in every one of the sums, exactly once.
  static func expectSums(_ counters: Counters, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
      counters.streams == counters.ok + counters.failed + counters.cutByDeadline, sourceLocation: sourceLocation)
    #expect(counters.transport.total == counters.streams, sourceLocation: sourceLocation)
    #expect(counters.verdicts.total == counters.streams, sourceLocation: sourceLocation)
    #expect(counters.treatments.total == counters.streams, sourceLocation: sourceLocation)
    #expect(counters.status.values.reduce(0, +) == counters.streams, sourceLocation: sourceLocation)
    #expect(counters.transport[.cutByDeadline] == counters.cutByDeadline, sourceLocation: sourceLocation)
  }

  /// Looks every few milliseconds whether it is so, for at most half a minute.
  static func eventually(_ what: String, _ isSo: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    let limit = MonotonicClock.now() + 30_000_000_000
    while MonotonicClock.now() < limit {
      if isSo() { return }
      poll(nil, 0, 5)
    }
    Issue.record("not within 30 s: \(what)", sourceLocation: sourceLocation)
  }
}

extension Distributions {
  func count(_ metric: Metric) -> UInt64 { histogram(metric)?.totalCount ?? 0 }
  func max(_ metric: Metric) -> UInt64 { histogram(metric)?.max ?? 0 }
}
