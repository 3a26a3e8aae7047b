import Foundation
import TestSupport
import Testing

/// The end of the built gzproxy while a curl reads through it: what a signal, its limit and a second signal do.
@Suite("Drain") struct DrainTests {
  /// curl's words for a body that was cut.
  private static let cut: [Int32] = [18, 56]

  /// A curl that writes what it gets to a file as it comes, unless a test ends the other side.
  private static func read(_ url: String, into file: String) async throws -> ToolRun {
    try await Tool.run("/usr/bin/curl", ["-sS", "-N", "--fail", "-o", file, url])
  }

  private static func temporaryPath() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("gzproxy-drain-\(UUID().uuidString)").path
  }

  /// The stream runs once its first bytes are in the file.
  private static func begins(_ file: String) async -> Bool {
    await eventually { ((try? FileManager.default.attributesOfItem(atPath: file)[.size] as? Int) ?? 0) > 0 }
  }

  private static func refusesConnections(_ port: Int) async -> Bool {
    await eventually { (try? SocketPeer.connect(port: port)) == nil }
  }

  /// Looks every few milliseconds, on a thread of its own: nobody tells of a file that grows, or of a listener that goes.
  private static func eventually(_ condition: @escaping @Sendable () -> Bool) async -> Bool {
    await Tool.onThread {
      let deadline = ContinuousClock.now.advanced(by: .seconds(30))
      while ContinuousClock.now < deadline {
        if condition() { return true }
        poll(nil, 0, 5)
      }
      return false
    }
  }

  @Test("G12 SIGTERM: the running stream ends whole, and the process with 0") func drains() async throws {
    let origin = try await TestServers.shared.origin()
    let proxy = try await RunningServer.proxy(upstream: origin.url)
    let body = Self.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: body) }
    async let read = Self.read(proxy.url + "/gzip/2MiB?ratio=1&pace=2MiB", into: body)
    #expect(await Self.begins(body))
    #expect(await proxy.end(SIGTERM) == 0)
    #expect(try await read.exit == 0)
    let check = try await Tool.run("/bin/sh", ["-c", "gzip -dc '\(body)' | wc -c"])
    #expect(check.output.trimmingCharacters(in: .whitespacesAndNewlines) == String(2 << 20))
  }

  @Test("G12 what the drain limit cuts is exit 1") func drainLimit() async throws {
    let origin = try await TestServers.shared.origin()
    let proxy = try await RunningServer.proxy(upstream: origin.url, ["--drain-limit", "200ms"])
    let body = Self.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: body) }
    // Far longer than the limit.
    async let read = Self.read(proxy.url + "/gzip/32MiB?ratio=1&pace=1MiB", into: body)
    #expect(await Self.begins(body))
    #expect(await proxy.end(SIGTERM) == 1)
    let exit = try await read.exit
    #expect(Self.cut.contains(exit), "curl \(exit)")
  }

  @Test("G12 a second signal ends at once") func secondSignal() async throws {
    let origin = try await TestServers.shared.origin()
    let proxy = try await RunningServer.proxy(upstream: origin.url, ["--drain-limit", "60s"])
    let body = Self.temporaryPath()
    defer { try? FileManager.default.removeItem(atPath: body) }
    async let read = Self.read(proxy.url + "/gzip/128MiB?ratio=1&pace=1MiB", into: body)
    #expect(await Self.begins(body))
    kill(proxy.pid, SIGTERM)
    // The first one is being obeyed, and the stream goes on.
    #expect(await Self.refusesConnections(proxy.port))
    let second = ContinuousClock.now
    #expect(await proxy.end(SIGTERM) == 105)
    #expect(ContinuousClock.now - second < .seconds(30))
    let exit = try await read.exit
    #expect(Self.cut.contains(exit), "curl \(exit)")
  }
}
