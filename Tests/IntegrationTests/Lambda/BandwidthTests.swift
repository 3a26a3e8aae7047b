import Testing

/// A body larger than what AWS lets through at once takes its time, and is a success all the same.
@Suite("Bandwidth of a function") struct BandwidthTests {
  /// What comes after the burst comes in steps.
  private static let step = (bytes: 256 * 1024, seconds: 0.125)

  @Test(
    "a large body arrives no sooner than the refill allows",
    arguments: [("function-url", 6 << 20, "8MiB"), ("rest", 10 << 20, "12MiB")])
  func refilled(_ front: String, _ burst: Int, _ size: String) async throws {
    let origin = try await TestServers.shared.origin()
    let function = try await RunningFunction.proxy(
      ["--front", front, "--bandwidth", "aws", "--concurrency", "1"], upstream: origin.url)
    defer { function.stop() }
    let run = try await Tool.gzload(
      [function.url + "/gzip/\(size)?ratio=1", "-n", "1", "-c", "1", "--output-format", "json"])
    let report = try Report(run.standardOutput)
    #expect(run.exit == 0, "\(run.output) \(run.standardError)")
    #expect(report.count("totals", "ok") == 1 && report.count("totals", "failed") == 0)
    #expect(report.count("gzip", "valid") == 1 && report.count("transport", "complete") == 1)
    let bytes = report.count("totals", "bytes_wire")
    try #require(bytes > burst)
    let steps = (bytes - burst + Self.step.bytes - 1) / Self.step.bytes
    let seconds = try #require(report.number("latency_seconds", "ttlb", "min"))
    #expect(steps >= 3)
    #expect(seconds >= Double(steps) * Self.step.seconds, "\(bytes) bytes in \(seconds) s, \(steps) steps")
  }
}
