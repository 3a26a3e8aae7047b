import Foundation
import TestSupport
import Testing

/// Bodies never touch a disk, however slow their clients are.
@Suite("Checklist S: no disk") struct NoDiskTests {
  #if os(Linux)
    @Test("S8 with clients that stall, no file is open and nothing was written to one") func s8NoDisk() async throws {
      let origin = try await TestServers.shared.origin()
      let proxy = try await RunningServer.proxy(upstream: origin.url, ["--telemetry"])
      defer { proxy.stop() }
      let stalled = try (0..<8).map { _ in
        let client = try SocketPeer.connect(port: proxy.port, receiveBuffer: 16_384)
        client.write("GET /gzip/64MiB?ratio=1 HTTP/1.1\r\nHost: a\r\n\r\n")
        return client
      }
      defer { for client in stalled { client.close() } }
      #expect(try await held(proxy, streams: stalled.count))
      for file in try openFiles(proxy.pid) { #expect(!file.hasPrefix("/") || file.hasPrefix("/dev/"), "\(file)") }
      #expect(try writtenBytes(proxy.pid) == 0)
    }

    /// True when the proxy holds bytes of so many streams whose clients take none, within half a minute. How many bytes is the
    /// kernel's to say: a stream's last read may have left one, or a pipe full of them.
    private func held(_ proxy: RunningServer, streams wanted: Int) async throws -> Bool {
      let deadline = ContinuousClock.now.advanced(by: .seconds(30))
      while ContinuousClock.now < deadline {
        let stats = try await Tool.run("/usr/bin/curl", ["-sS", proxy.url + "/.gzproxy/stats"])
        let object = try JSONSerialization.jsonObject(with: stats.standardOutput) as? [String: Any]
        let streams = object?["streams"] as? [[String: Any]] ?? []
        if streams.count(where: { $0["buffered_bytes"] as? Int ?? 0 > 0 }) >= wanted { return true }
      }
      return false
    }

    private func openFiles(_ pid: Int32) throws -> [String] {
      let folder = "/proc/\(pid)/fd"
      return try FileManager.default.contentsOfDirectory(atPath: folder)
        // Where the first three lead is the business of who started it.
        .filter { Int($0) ?? 0 > 2 }
        .compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: folder + "/" + $0) }
    }

    /// What the process made the kernel write to storage.
    private func writtenBytes(_ pid: Int32) throws -> Int? {
      let text = try String(contentsOfFile: "/proc/\(pid)/io", encoding: .utf8)
      let line = text.split(separator: "\n").first { $0.hasPrefix("write_bytes:") }
      return line.flatMap { Int($0.dropFirst(12).drop { $0 == " " }) }
    }
  #endif
}
