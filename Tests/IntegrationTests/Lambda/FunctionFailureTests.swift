import Foundation
import Testing

/// Everything that can go wrong between a function and its client, made to happen before the built gzlambda by a runtime made
/// by hand, and what the built gzload says of each: the rows of a Function URL, a REST API and a load balancer.
///
/// One after the other: a crowd of runtimes that all start at once would take longer for that than a function may.
@Suite("Failures of a function", .serialized) struct FunctionFailureTests {
  typealias Finding = FaultMatrixTests.Finding

  struct Row: Sendable {
    var fault: String
    /// What gzlambda must have counted, so that it is this that happened; nil where the function did nothing wrong.
    var type: String?
    var finding: Finding

    init(_ fault: String, _ type: String?, _ finding: Finding) {
      (self.fault, self.type, self.finding) = (fault, type, finding)
    }
  }

  /// What one gzlambda, with one environment, is asked for in turn.
  struct Group: Sendable, CustomTestStringConvertible {
    /// Of gzlambda, and of gzload.
    var options: [String]
    var load: [String] = []
    var rows: [Row]
    var testDescription: String { options.joined(separator: " ") }
  }

  private static let failed = FaultMatrixTests.error(502, "function_error")
  private static let unusable = FaultMatrixTests.error(502, "alb_invalid_response")
  private static let cut = Finding(verdict: "truncated", transport: "cut")
  private static func complete(_ verdict: String) -> Finding { FaultMatrixTests.complete(verdict) }

  /// A Function URL has one answer for whatever happens before the head, so that there is one cause for it; what is found
  /// later is found in the body.
  static let groups: [Group] = [
    Group(
      options: ["--front", "function-url"],
      rows: [
        Row("ok", nil, complete("valid")),
        Row("error", "Function.Sample", failed),
        Row("exit", "Runtime.ExitError", failed),
        Row("prelude-arrays", "Function.InvalidPrelude", failed),
        Row("prelude-garbage", "Function.InvalidPrelude", failed),
        Row("prelude-missing", "Function.MissingPrelude", failed),
        Row("prelude-leaked", nil, complete("prelude_leaked")),
        Row("cut", "Runtime.TruncatedResponse", cut),
        Row("clean", nil, complete("truncated")),
        Row("trailers", "Function.Sample", complete("truncated")),
        Row("in-band", nil, complete("in_band_error")),
        Row("decoded", nil, complete("decoded_on_the_way")),
        Row("base64", nil, complete("base64_text")),
      ]),
    Group(options: ["--trailer-effect", "cut"], rows: [Row("trailers", "Function.Sample", cut)]),
    Group(options: ["--trailer-effect", "trailer"], rows: [Row("trailers", "Function.Sample", complete("truncated"))]),
    Group(options: ["--memory", "128"], rows: [Row("memory", "Runtime.OutOfMemory", failed)]),
    Group(
      options: ["--timeout", "500ms", "--front", "function-url"], rows: [Row("hold", "Sandbox.Timedout", failed)]),
    Group(options: ["--timeout", "500ms", "--front", "rest"], rows: [Row("hold", "Sandbox.Timedout", failed)]),
    Group(
      options: ["--timeout", "500ms", "--front", "alb"],
      rows: [Row("hold", "Sandbox.Timedout", FaultMatrixTests.error(504, "gateway_timeout"))]),
    // The head came, so that somebody did answer.
    Group(
      options: ["--timeout", "60"], load: ["--stall-timeout", "3s"],
      rows: [Row("silent", nil, Finding(verdict: "empty", transport: "stalled"))]),
    Group(
      options: ["--front", "rest"],
      rows: [
        Row("ok", nil, complete("valid")),
        Row("error", "Function.Sample", failed),
        Row("exit", "Runtime.ExitError", failed),
        Row("prelude-arrays", "Function.InvalidPrelude", FaultMatrixTests.error(500, "prelude_invalid")),
        Row("prelude-leaked", "Function.InvalidPrelude", FaultMatrixTests.error(500, "prelude_invalid")),
        Row("prelude-missing", "Function.MissingPrelude", failed),
        Row("cut", "Runtime.TruncatedResponse", cut),
        Row("trailers", "Function.Sample", complete("truncated")),
        Row("in-band", nil, complete("in_band_error")),
      ]),
    Group(
      options: ["--front", "function-url", "--invoke-mode", "buffered"],
      rows: [
        Row("garbage", "Function.MalformedResponse", failed),
        Row("bad-base64", "Function.MalformedResponse", failed),
        Row("large", "Function.ResponseSizeTooLarge", failed),
        Row("text-base64", nil, complete("base64_text")),
        // JSON without a status code is a body of its own: whether it should have been one, only an expectation can tell.
        Row("bare", nil, complete("unchecked")),
      ]),
    Group(
      options: ["--front", "rest", "--invoke-mode", "buffered"],
      rows: [
        Row("shape", "Function.MalformedResponse", failed),
        Row("large", "Function.ResponseSizeTooLarge", failed),
        Row("text-base64", nil, complete("base64_text")),
      ]),
    Group(
      options: ["--front", "alb"],
      rows: [
        Row("error", "Function.Sample", unusable),
        Row("exit", "Runtime.ExitError", unusable),
        Row("garbage", "Function.MalformedResponse", unusable),
        Row("other-map", "Function.MalformedResponse", unusable),
        Row("megabyte", "Function.ResponseSizeTooLarge", unusable),
        Row("text-base64", nil, complete("base64_text")),
      ]),
  ]

  @Test("are classified", arguments: groups) func classified(_ group: Group) async throws {
    let function = try await RunningFunction.start(group.options + ["--concurrency", "1"], FaultyRuntime.command())
    defer { function.stop() }
    var failures: [String: Int] = [:]
    for row in group.rows {
      let run = try await Tool.gzload(
        [function.url + "/" + row.fault, "-n", "1", "-c", "1", "--output-format", "json"] + group.load)
      try expect(row, run)
      let stats = try await function.stats()
      if let type = row.type { failures[type, default: 0] += 1 }
      let counted = stats.keys("failures").map { ($0, stats.count("failures", $0)) }
      #expect(Dictionary(uniqueKeysWithValues: counted) == failures, "\(row.fault)")
    }
  }

  private func expect(_ row: Row, _ run: ToolRun) throws {
    let report = try Report(run.standardOutput)
    let finding = row.finding
    let name = "\(row.fault): \(finding)"
    #expect(report.keys("gzip") == [finding.verdict], "\(name)")
    #expect(report.keys("transport") == [finding.transport], "\(name)")
    #expect(report.keys("status") == [String(finding.status)], "\(name)")
    #expect(report.keys("http_causes", String(finding.status)) == (finding.cause.map { [$0] } ?? []), "\(name)")
    let isHealthy = finding == Self.complete("valid") || finding == Self.complete("unchecked")
    #expect(report.count("totals", "failed") == (isHealthy ? 0 : 1), "\(name)")
    #expect(run.exit == (isHealthy ? 0 : 99), "\(name): \(run.standardError)")
  }

  /// One invocation at a time, and three clients: what is left over is refused at once.
  @Test("throttling is seen", arguments: [("function-url", 429), ("rest", 429), ("alb", 503)], ["classic", "managed"])
  func throttled(_ front: (name: String, status: Int), _ instances: String) async throws {
    let function = try await RunningFunction.start(
      ["--front", front.name, "--instances", instances, "--concurrency", "1", "--timeout", "700ms"],
      FaultyRuntime.command())
    defer { function.stop() }
    let run = try await Tool.gzload([function.url + "/hold", "-n", "3", "-c", "3", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(report.count("http_causes", String(front.status), "throttled") == 2, "\(report.keys("status"))")
    #expect(run.exit == 99)
    #expect(try await function.stats().count("throttled_total") == 2)
  }

  @Test("a request that is too large is seen", arguments: ["function-url", "rest", "alb"])
  func requestTooLarge(_ front: String) async throws {
    let function = try await RunningFunction.start(
      ["--front", front, "--concurrency", "1"], FaultyRuntime.command())
    defer { function.stop() }
    let file = try TemporaryFile(String(repeating: "x", count: 7_000_000))
    let run = try await Tool.gzload(
      [function.url + "/ok", "-m", "POST", "-D", file.path, "-n", "1", "-c", "1", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(report.count("http_causes", "413", "request_too_large") == 1, "\(report.keys("status"))")
    #expect(run.exit == 99)
  }
}
