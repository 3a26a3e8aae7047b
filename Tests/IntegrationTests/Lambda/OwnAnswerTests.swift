import Testing

/// What gzproxy answers itself where it is a function's runtime.
@Suite("gzproxy's own answers in a function") struct OwnAnswerTests {
  /// What gzproxy says itself is exact, whatever stands before it.
  @Test(
    "what gzproxy answers in a function has its own cause",
    arguments: [
      ("function-url", "buffered", "/gzip/32MiB", 502, "response_too_large", "stream it instead"),
      ("rest", "buffered", "/gzip/32MiB?framing=chunked", 502, "response_too_large", "stream it instead"),
      ("alb", "buffered", "/gzip/8MiB", 502, "response_too_large", "a load balancer takes 1 MB from a function"),
      ("function-url", "stream", "/gzip/1KiB?delay=20s", 504, "function_timeout", "raise its timeout"),
      ("rest", "stream", "/gzip/1KiB?delay=20s", 504, "function_timeout", "raise its timeout"),
    ])
  func ownAnswers(
    _ front: String, _ mode: String, _ path: String, _ status: Int, _ cause: String, _ advice: String
  ) async throws {
    let origin = try await TestServers.shared.origin()
    let function = try await RunningFunction.proxy(
      ["--front", front, "--invoke-mode", mode, "--timeout", "2s"], upstream: origin.url, ["--lambda-mode", mode])
    defer { function.stop() }
    let run = try await Tool.gzload([function.url + path, "-n", "1", "-c", "1", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(
      report.count("http_causes", String(status), cause) == 1,
      "\(report.keys("status")) \(report.keys("http_causes", String(status)))")
    let told = report.items("evidence").first?["advice"] as? String ?? ""
    #expect(told.hasPrefix("gzproxy says ") && told.contains(advice), "\(told)")
    #expect(run.exit == 99)
  }
}
