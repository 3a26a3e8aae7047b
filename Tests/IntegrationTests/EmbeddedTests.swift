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

  @Test("a mode that does not exist is a usage error") func unknownMode() async throws {
    let run = try await Tool.gzload(["--embedded=lambada", "-n", "1"])
    #expect(run.exit == 2)
    #expect(run.standardError.contains("proxy") && run.standardError.contains("naive"))
  }

  @Test("without its siblings gzload plays their roles itself") func alone() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gzload-alone-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let copy = folder.appendingPathComponent("gzload").path
    let copied = try await Tool.run("/bin/cp", [Products.path("gzload"), copy])
    #expect(copied.exit == 0, "\(copied.standardError)")
    let run = try await Tool.run(
      copy, ["--embedded", "-c", "2", "-n", "4", "--output-format", "json", "--no-progress"])
    #expect(run.exit == 0, "\(run.standardError)")
    #expect(try Report(run.standardOutput).count("gzip", "valid") == 4)
  }
}
