import Testing

@testable import LambdaEmulator

@Suite struct EnvironmentRuleTests {
  private func variables(_ configuration: EmulatorConfiguration, _ inherited: [String] = []) -> [String: String] {
    let all = RuntimeEnvironment.variables(configuration, api: "127.0.0.1:9", instance: "env-1", inherited: inherited)
    return Dictionary(
      all.map { entry in
        let sides = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (sides[0], sides[1])
      }, uniquingKeysWith: { "\($0) and \($1)" })
  }

  @Test func whatLambdaSets() {
    let made = variables(.test())
    for (name, value) in [
      ("AWS_LAMBDA_RUNTIME_API", "127.0.0.1:9"), ("AWS_LAMBDA_FUNCTION_NAME", "function"),
      ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "2048"),
      ("AWS_REGION", "us-east-1"), ("AWS_DEFAULT_REGION", "us-east-1"), ("TZ", ":UTC"),
      ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"), ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/function"),
      ("AWS_LAMBDA_LOG_FORMAT", "Text"),
    ] { #expect(made[name] == value, "\(name)") }
    for name in [
      "_HANDLER", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_LOG_LEVEL", "LANG", "PATH",
    ] { #expect(made[name]?.isEmpty == false, "\(name)") }
    #expect(made["AWS_LAMBDA_MAX_CONCURRENCY"] == nil)
  }

  @Test func managedInstances() {
    let made = variables(.test { ($0.instances, $0.concurrency) = (.managed, 64) }, ["AWS_LAMBDA_LOG_FORMAT=Text"])
    #expect(made["AWS_LAMBDA_MAX_CONCURRENCY"] == "64")
    #expect(made["AWS_LAMBDA_INITIALIZATION_TYPE"] == "lambda-managed-instances")
    #expect(made["AWS_LAMBDA_LOG_FORMAT"] == "JSON")
  }

  @Test func whatIsInherited() {
    let made = variables(
      .test(),
      [
        "MINE=1", "GZLAMBDA_LISTEN=x", "AWS_LAMBDA_RUNTIME_API=elsewhere", "AWS_LAMBDA_MAX_CONCURRENCY=4",
        "AWS_ACCESS_KEY_ID=own", "PATH=/own", "EMPTY=", "_HANDLER=app.handler",
      ])
    #expect(made["MINE"] == "1")
    #expect(made["EMPTY"] == "")
    #expect(made["GZLAMBDA_LISTEN"] == nil)
    #expect(made["AWS_LAMBDA_RUNTIME_API"] == "127.0.0.1:9")
    #expect(made["AWS_LAMBDA_MAX_CONCURRENCY"] == nil)
    #expect(made["AWS_ACCESS_KEY_ID"] == "own")
    #expect(made["PATH"] == "/own")
    #expect(made["_HANDLER"] == "app.handler")
  }

  @Test func reportLines() {
    var report = ReportLine(
      requestID: "id", milliseconds: 12.345, initMilliseconds: 30.5, memoryMegabytes: 128, peakBytes: 40 << 20)
    #expect(
      report.text
        == "REPORT RequestId: id\tDuration: 12.35 ms\tBilled Duration: 43 ms\tMemory Size: 128 MB\t"
        + "Max Memory Used: 40 MB\tInit Duration: 30.50 ms")
    report.initMilliseconds = nil
    report.peakBytes = nil
    report.failure = FunctionFailure(type: "Runtime.ExitError", cause: .functionError, message: "")
    #expect(report.text.hasSuffix("Max Memory Used: n/a MB\tStatus: error\tError Type: Runtime.ExitError"))
    report.failure = .timeout(.milliseconds(3000))
    #expect(report.text.hasSuffix("\tStatus: timeout"))
    #expect(report.failure?.message == "Task timed out after 3.00 seconds")
  }

  @Test func typesOfFailuresAreBounded() {
    var counters = Counters()
    for index in 0..<300 {
      counters.note(FunctionFailure(type: "Function.T\(index)", cause: .functionError, message: ""))
    }
    #expect(counters.failures == 300)
    #expect(counters.failuresByType.count == Counters.limit + 1)
    #expect(counters.failuresByType["other"] == 200)
  }
}
