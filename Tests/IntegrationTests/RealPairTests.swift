import Foundation
import Testing

/// A pair that we did not write: nginx serving a real .gz of several hundred MiB behind gzproxy, read by curl and by gzload.
@Suite("Real pair: nginx, gzip and curl") struct RealPairTests {
  @Test("hundreds of MiB through gzproxy: the same bytes for curl, valid for gzload") func largeFile() async throws {
    let file = try await Self.realGzip()
    let size = try #require(try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int)
    #expect(size > 200 << 20)
    let nginx = try await Nginx.start(root: (file as NSString).deletingLastPathComponent)
    defer { nginx.stop() }
    let proxy = try await RunningServer.proxy(upstream: nginx.url)
    defer { proxy.stop() }
    let url = proxy.url + "/real.gz"

    let wanted = try await Tool.run("/usr/bin/env", ["sha256sum", file])
    let got = try await Tool.run("/bin/sh", ["-c", "curl -sS --fail '\(url)' | sha256sum"], limit: 120)
    #expect(got.exit == 0, "\(got.standardError)")
    #expect(got.output.prefix(64) == wanted.output.prefix(64))

    let run = try await Tool.gzload(
      [url, "-n", "2", "-c", "2", "--validate", "full", "--output-format", "json"], limit: 120)
    #expect(run.exit == 0, "\(run.standardError)")
    let report = try Report(run.standardOutput)
    #expect(report.count("gzip", "valid") == 2)
    #expect(report.count("totals", "bytes_wire") == 2 * size)
  }

  /// Made once by gzip(1) from what the build left behind, and kept beside it.
  private static func realGzip() async throws -> String {
    let folder = Products.directory + "/real-pair"
    let file = folder + "/real.gz"
    if FileManager.default.fileExists(atPath: file) { return file }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let made = try await Tool.run(
      "/bin/sh",
      [
        "-c",
        """
        cd '\(Products.directory)' && { tar -cf - --exclude=real-pair . ; tar -cf - --exclude=real-pair . ; } 2>/dev/null |
          head -c 1400000000 | gzip -1 > '\(file).part' && mv '\(file).part' '\(file)'
        """,
      ], limit: 180)
    guard made.exit == 0 else { throw RunningServer.Failure(description: "no real gzip: \(made.standardError)") }
    return file
  }
}
