import Foundation
import Testing

/// The embedded lab as CI uses it: one command, no server started by hand.
@Suite("Embedded mode") struct EmbeddedTests {
  @Test("200 healthy streams: every one valid, exit 0") func healthy() async throws {
    let run = try await Tool.gzload(["--embedded", "-c", "16", "-n", "200", "--output-format", "json"])
    #expect(run.exit == 0, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("gzip", "valid") == 200)
    #expect(report.count("totals", "streams") == 200)
    #expect(report.count("totals", "failed") == 0)
    #expect((report.number("target_memory", "rss_bytes") ?? 0) > 1_000_000)
    #expect(report.text("target_memory", "source")?.contains("gzproxy") == true)
  }

  @Test("one truncated stream among 200: exit 99") func oneBad() async throws {
    let paths = Array(repeating: "/gzip/64KiB", count: 199) + ["/gzip/64KiB?fault=truncate"]
    let run = try await Tool.gzload(["--embedded", "-c", "16", "-n", "200", "--output-format", "json"] + paths)
    #expect(run.exit == 99, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("gzip", "valid") == 199)
    #expect(report.count("gzip", "truncated") == 1)
    #expect(report.count("totals", "failed") == 1)
    #expect(report.items("evidence").count == 1)
  }

  @Test("the naive proxy: every stream is a 502 with its cause") func naive() async throws {
    let run = try await Tool.gzload(["--embedded=naive", "-n", "20", "--output-format", "json"])
    #expect(run.exit == 99, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("http_causes", "502", "length_and_chunked") == 20)
    #expect(report.count("totals", "failed") == 20)
  }

  @Test("a function: every stream valid, its environment told of") func function() async throws {
    let run = try await Tool.gzload(["--embedded=lambda", "-c", "16", "-n", "100", "--output-format", "json"])
    #expect(run.exit == 0, "\(run.standardError)")
    #expect(run.standardError.isEmpty)
    let report = try Report(run.standardOutput)
    #expect(report.count("gzip", "valid") == 100 && report.count("totals", "failed") == 0)
    #expect(report.text("target_memory", "source")?.hasPrefix("gzproxy (env-1, pid ") == true)
    #expect((report.number("target_memory", "rss_bytes") ?? 0) > 1_000_000)
    let instance = try #require(report.items("instances").first)
    #expect(report.items("instances").count == 1 && instance["id"] as? String == "env-1")
    #expect((instance["rss_peak_bytes"] as? Double ?? 0) > 1_000_000)
    let environment = try #require(instance["environment"] as? [String: any Sendable])
    #expect(environment["invocations"] as? Double == 100 && environment["failures"] as? Double == 0)
    #expect(environment["max_concurrency"] as? Double == 64 && environment["restarts"] as? Double == 0)
    #expect(environment["memory_limit_bytes"] as? Double == 2_147_483_648)
  }

  @Test("a function that does not stream: 502 response_too_large, and the way out") func buffered() async throws {
    let run = try await Tool.gzload(["--embedded=buffered", "-n", "20", "--output-format", "json"])
    #expect(run.exit == 99, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("http_causes", "502", "response_too_large") == 20)
    let advice = report.items("evidence").first?["advice"] as? String ?? ""
    #expect(advice.contains("stream it instead"), "\(advice)")
    // What is small enough comes through it whole.
    let small = try await Tool.gzload(["--embedded=buffered", "/gzip/1MiB", "-n", "10", "--output-format", "json"])
    #expect(small.exit == 0)
    #expect(try Report(small.standardOutput).count("gzip", "valid") == 10)
  }

  @Test("more lanes than the lab's function takes are throttled, where somebody asks for it") func throttled()
    async throws
  {
    let run = try await Tool.gzload([
      "--embedded=lambda", "/gzip/64KiB?delay=500ms", "-c", "6", "-n", "6", "--lab-concurrency", "2", "--output-format",
      "json",
    ])
    #expect(run.exit == 99)
    #expect(try Report(run.standardOutput).count("http_causes", "429", "throttled") >= 1)
  }

  @Test("a mode that does not exist is a usage error") func unknownMode() async throws {
    let run = try await Tool.gzload(["--embedded=lambada", "-n", "1"])
    #expect(run.exit == 2)
    #expect(run.standardError.contains("proxy") && run.standardError.contains("naive"))
  }

  @Test("without its siblings gzload plays their roles itself", arguments: ["proxy", "lambda"])
  func alone(_ mode: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gzload-alone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("gzload").path
    let copied = try await Tool.run("/bin/cp", [Products.path("gzload"), copy])
    #expect(copied.exit == 0, "\(copied.standardError)")
    let run = try await Tool.run(
      copy, ["--embedded=\(mode)", "/gzip/1MiB", "-c", "2", "-n", "4", "--output-format", "json", "--no-progress"])
    #expect(run.exit == 0, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("gzip", "valid") == 4)
    #expect((report.number("target_memory", "rss_bytes") ?? 0) > 1_000_000)
  }

  /// The runtime is gzlambda's child and not ours.
  @Test("nothing of a function's lab outlives the tester, whatever ends it", arguments: [SIGKILL, SIGINT])
  func nobodyIsLeft(_ signal: Int32) async throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Products.path("gzload"))
    process.arguments = ["--embedded=lambda", "/gzip/64MiB?pace=1MiB", "-c", "4", "-z", "60s", "--no-progress"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let pid = process.processIdentifier
    defer { kill(pid, SIGKILL) }
    let deadline = ContinuousClock.now.advanced(by: .seconds(20))
    var family: [(pid: Int32, name: String)] = []
    while !family.contains(where: { $0.name == "gzproxy" }), ContinuousClock.now < deadline {
      family = []
      for child in try await Processes.children(of: pid) {
        family += [child] + (try await Processes.children(of: child.pid))
      }
    }
    #expect(Set(family.map(\.name)).isSuperset(of: ["gzorigin", "gzlambda", "gzproxy"]), "\(family)")
    kill(pid, signal)
    await Tool.onThread { process.waitUntilExit() }
    #expect(try await Processes.gone(family.map(\.pid)), "left over: \(family)")
  }
}
