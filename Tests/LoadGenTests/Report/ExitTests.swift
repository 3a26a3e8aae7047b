import Testing
import ToolSupport

@testable import LoadGen

@Suite struct ExitTests {
  private func exit(_ result: RunResult) -> ToolExit { RunReport(result).exit }

  @Test func passed() { #expect(exit(SampleResults.passed) == .passed) }
  @Test func failedThreshold() { #expect(exit(SampleResults.failed) == .thresholdFailed) }
  @Test func everythingAnsweredButWrongly() { #expect(exit(SampleResults.naive) == .thresholdFailed) }
  @Test func noResponseAtAll() { #expect(exit(SampleResults.refused) == .couldNotRun) }
  @Test func nothingStarted() { #expect(exit(SampleResults.empty) == .couldNotRun) }

  @Test func interruptionSaysSoFirst() {
    for var result in [SampleResults.passed, SampleResults.failed, SampleResults.refused, SampleResults.empty] {
      result.interrupted = true
      #expect(exit(result) == .interrupted)
    }
  }

  @Test func missedExpectationFailsWhateverTheThresholdsSay() {
    var result = SampleResults.passed
    result.counters.missedExpectations = ["length": 1]
    result.plan.thresholds = []
    #expect(RunReport(result).exit == .thresholdFailed)
  }

  /// The range of good statuses that nobody asked for is the thresholds' business alone, in every form of the same run.
  @Test func defaultStatusesAreNoExpectation() throws {
    for asked in [false, true] {
      let (result, _) = try EngineHarness.run({ _ in
        [.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad")]
      }) {
        $0.streams = 3
        $0.thresholds = []
        if asked { $0.expectations.statuses = [200...200] }
      }
      let report = RunReport(result)
      #expect(report.exit == (asked ? .thresholdFailed : .passed))
      let missed = asked ? ["status": 3] : [:]
      #expect(report.missedExpectations == missed && result.counters.missedExpectations == missed)
      #expect(PrometheusFigures(report).text().contains("gzload_missed_expectations_total{") == asked)
      #expect(RecordFinal(result).sample.counters.missedExpectations == missed)
      #expect(report.evidence.first?.outcome == "status 502" && result.counters.failed == 3)
    }
  }

  @Test func uncheckedBodiesPass() {
    var result = SampleResults.passed
    result.counters.verdicts = EnumCounts()
    result.counters.verdicts[.unchecked] = 200
    #expect(exit(result) == .passed)
    result.counters.verdicts[.decodedOnTheWay] = 1
    #expect(exit(result) == .thresholdFailed)
  }

  @Test func aRunOfWhichNothingEndedProvesNothing() {
    var result = SampleResults.passed
    result.counters.ok = 0
    result.counters.cutByDeadline = 200
    #expect(exit(result) == .couldNotRun)
    #expect(RunReport(result).unfinishedReason?.contains("200 were cut") == true)
    result.plan.streams = nil
    result.plan.duration = nil
    #expect(exit(result) == .passed)
    #expect(RunReport(SampleResults.passed).unfinishedReason == nil)
  }

  @Test func bodiesWithoutGzipAreSaid() {
    #expect(RunReport(SampleResults.passed).unprovenReason == nil)
    #expect(RunReport(SampleResults.naive).unprovenReason == nil)
    var result = SampleResults.passed
    result.counters.verdicts = EnumCounts()
    result.counters.verdicts[.unchecked] = 200
    #expect(RunReport(result).unprovenReason?.contains("--expect gzip") == true)
    // They may have been gzip: somebody switched that off.
    var steering = SteeringNotes()
    steering.changed(validation: .off, at: 3)
    var steered = result
    steered.notes += steering.lines(until: 9)
    let reason = RunReport(steered).unprovenReason
    #expect(reason?.contains("validation was changed") == true && reason?.contains("no answer was gzip") == false)
    result.plan.expectations.gzip = true
    #expect(RunReport(result).unprovenReason?.contains("--expect gzip") == false)
    result.plan.validation = .frame
    #expect(RunReport(result).unprovenReason == nil)
  }

  @Test func reasonNamesHostAndOutcome() {
    #expect(
      RunReport(SampleResults.refused).noResponseReason
        == "no stream got a response from 127.0.0.1:8080: connect_failed "
        + "(nothing accepts connections there; check host and port, and that the server runs)")
    var unknown = SampleResults.refused
    unknown.plan.targets = ["https://no.such.host/x", "http://other/"].map(LoadTarget.init(url:))
    unknown.counters.transport = EnumCounts()
    unknown.counters.transport[.dnsFailed] = 200
    unknown.evidence = [
      Evidence(
        stream: 1, url: "https://no.such.host/x", outcome: "dns_failed", cause: nil, status: 0, headers: [],
        bodyHead: [], bodyTail: [], advice: "no address for that name")
    ]
    #expect(
      RunReport(unknown).noResponseReason
        == "no stream got a response from no.such.host and 1 more: dns_failed (no address for that name)")
    #expect(RunReport(SampleResults.passed).noResponseReason == nil)
    #expect(RunReport(SampleResults.empty).noResponseReason == "no stream was started")
  }
}
