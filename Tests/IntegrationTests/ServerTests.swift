import Foundation
import Testing

/// The servers as an operator meets them: curl, signals, exit codes.
@Suite("Servers") struct ServerTests {
  @Test("gzproxy answers for itself") func ownPaths() async throws {
    let proxy = try await TestServers.shared.proxy()
    let health = try await curl(proxy.url + "/.gzproxy/healthz")
    #expect(health.hasPrefix("200"))
    let stats = try await Tool.run("/usr/bin/curl", ["-sS", proxy.url + "/.gzproxy/stats"])
    let object = try #require(try JSONSerialization.jsonObject(with: stats.standardOutput) as? [String: Any])
    for key in [
      "instance", "version", "uptime_seconds", "rss_bytes", "rss_peak_bytes", "cpu_seconds", "active_streams",
      "streams_total",
      "incomplete_total", "bytes_out_total", "buffered_bytes", "upstream_errors", "streams",
    ] { #expect(object[key] != nil, "\(key)") }
    #expect(try await curl(proxy.url + "/.gzproxy/no-such-thing").hasPrefix("404"))
  }

  @Test("gzip(1) and curl agree with gzorigin", arguments: ["length", "chunked", "close"])
  func plain(_ framing: String) async throws {
    let proxy = try await TestServers.shared.proxy()
    for size in ["0", "1", "64KiB", "3000000"] {
      let run = try await Tool.run(
        "/bin/sh", ["-c", "curl -sS --fail '\(proxy.url)/gzip/\(size)?framing=\(framing)' | gzip -dc | wc -c"])
      let wanted = ["0": 0, "1": 1, "64KiB": 65536, "3000000": 3_000_000][size]
      #expect(Int(run.output.trimmingCharacters(in: .whitespacesAndNewlines)) == wanted, "\(size) \(run.standardError)")
    }
  }

  @Test("a port in use is one line and exit 1", arguments: ["gzproxy", "gzorigin", "gzlambda"]) func portInUse(
    _ tool: String
  ) async throws {
    let taken = try SilentServer()
    defer { taken.stop() }
    let before = tool == "gzproxy" ? ["serve", "--upstream", "http://127.0.0.1:1"] : []
    let after = tool == "gzlambda" ? ["--", "/bin/true"] : []
    let run = try await Tool.run(
      Products.path(tool), before + ["--listen", "127.0.0.1:\(taken.port)"] + after, limit: 15)
    #expect(run.exit == 1)
    #expect(run.standardError.contains("\(taken.port)"))
    #expect(run.standardError.split(separator: "\n").count == 1, "\(run.standardError)")
  }

  @Test("every tool says its version and its help", arguments: ["gztop", "gzload", "gzproxy", "gzorigin", "gzlambda"])
  func manners(_ tool: String) async throws {
    let version = try await Tool.run(Products.path(tool), ["--version"])
    #expect(version.exit == 0 && version.output.contains("0.1.0"))
    let help = try await Tool.run(Products.path(tool), ["--help"])
    #expect(help.exit == 0 && help.output.uppercased().contains("USAGE"))
  }

  private func curl(_ url: String) async throws -> String {
    try await Tool.run("/usr/bin/curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", url]).output
  }
}
