import Foundation
import Testing

/// A person's Ctrl-C, and a supervisor's SIGTERM: what was measured is reported.
@Suite("Interrupts") struct InterruptTests {
  @Test("the partial report is written, exit 105", arguments: [SIGINT, SIGTERM]) func partial(
    _ signal: Int32
  ) async throws {
    // Its own: what the proxy has served must be this run's, or the signal could come before the run has begun.
    let proxy = try await RunningServer.proxy(upstream: TestServers.shared.origin().url, ["--telemetry"])
    defer { proxy.stop() }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("gzload-\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Products.path("gzload"))
    process.arguments = [
      proxy.url + "/gzip/256KiB?pace=128KiB", "-c", "4", "-z", "60s", "--output-format", "json", "-o", file.path,
      "--no-progress",
    ]
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = ContinuousClock.now.advanced(by: .seconds(20))
    while ContinuousClock.now < deadline {
      if try await streamsServed(by: proxy) >= 8 { break }
    }
    kill(process.processIdentifier, signal)
    await Tool.onThread { process.waitUntilExit() }
    #expect(process.terminationStatus == 105)
    let report = try Report(try Data(contentsOf: file))
    #expect(report.count("totals", "streams") >= 4)
    #expect(
      report.count("totals", "streams")
        == report.count("totals", "ok") + report.count("totals", "failed") + report.count("totals", "cut_by_deadline"))
  }

  private func streamsServed(by proxy: RunningServer) async throws -> Int {
    let stats = try await Tool.run("/usr/bin/curl", ["-sS", proxy.url + "/.gzproxy/stats"])
    let object = try JSONSerialization.jsonObject(with: stats.standardOutput) as? [String: Any]
    return object?["streams_total"] as? Int ?? 0
  }
}
