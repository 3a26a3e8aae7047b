import Foundation
import Testing

/// slowhttptest's slow clients: each is cut at the limit written for it, and nobody else is served worse meanwhile.
@Suite("Slow clients") struct SlowClientTests {
  private static let connections = 40
  /// How long slowhttptest goes on when nobody stops it.
  private static let patience = 8.0

  @Test("slow headers end at --client-head-timeout, however steadily they drip") func slowHeaders() async throws {
    try await withProxy(["--client-head-timeout", "2s"]) { proxy in
      // A line each second: a limit that each read extended would never be met.
      let seen = try await attack(proxy, ["-H", "-i", "1"])
      #expect(seen.endedByTarget, "\(seen.text)")
      #expect(seen.seconds > 1.5 && seen.seconds < Self.patience)
    }
  }

  @Test("slow bodies end at --client-body-timeout") func slowBodies() async throws {
    try await withProxy(["--client-body-timeout", "1s"]) { proxy in
      let seen = try await attack(proxy, ["-B", "-i", "4", "-s", "100000"])
      #expect(seen.endedByTarget, "\(seen.text)")
      #expect(seen.seconds < Self.patience)
    }
  }

  @Test("bodies that drip end below --min-client-rate") func drippingBodies() async throws {
    // Something comes each second, so silence is not what ends these.
    try await withProxy(["--client-body-timeout", "2s", "--min-client-rate", "1KiB"]) { proxy in
      let seen = try await attack(proxy, ["-B", "-i", "1", "-x", "10", "-s", "100000"])
      #expect(seen.endedByTarget, "\(seen.text)")
      #expect(seen.seconds > 1.5 && seen.seconds < Self.patience)
    }
  }

  @Test("slow readers end at --client-write-timeout") func slowReaders() async throws {
    let log = try TemporaryFile("")
    let flags = ["--client-write-timeout", "1s", "--client-sndbuf", "16KiB", "--access-log-file", log.path]
    try await withProxy(flags) { proxy in
      let reader = ["-X", "-w", "512", "-y", "1024", "-n", "1", "-z", "8"]
      async let attacking = attack(proxy, reader, path: "/gzip/4MiB?ratio=1")
      // This attacker never looks whether it was cut, so the proxy is asked.
      // Its own probe of the service has one limit of five seconds, which a busy machine can miss; that others are served is
      // what `attack` itself looks at.
      _ = try await attacking
      let lines = try String(contentsOfFile: log.path, encoding: .utf8).split(separator: "\n")
      let cut = lines.filter { $0.contains("\"cause\":\"client_write_timeout\"") }
      #expect(cut.count == Self.connections, "\(lines.count) lines")
    }
  }

  // MARK: What the tests share

  private struct Attack: Sendable {
    var text: String
    var seconds: Double
    /// Every connection was closed before the attacker's own time was over.
    var endedByTarget: Bool { text.contains("No open connections left") }
  }

  private func withProxy(_ flags: [String], _ body: (RunningServer) async throws -> Void) async throws {
    let origin = try await TestServers.shared.origin()
    let proxy = try await RunningServer.proxy(upstream: origin.url, ["--telemetry"] + flags)
    defer { proxy.stop() }
    try await body(proxy)
  }

  /// Attacks, and is served as another client while the attack lasts.
  private func attack(_ proxy: RunningServer, _ options: [String], path: String = "/gzip/64KiB") async throws -> Attack
  {
    let tool = try #require(Products.system("slowhttptest"), "slowhttptest is missing: Scripts/deps.sh --test")
    let arguments = [
      "-c", "\(Self.connections)", "-r", "400", "-l", "\(Int(Self.patience))", "-p", "5", "-u", proxy.url + path,
    ]
    async let attacker = Tool.run(tool, arguments + options)
    for _ in 0..<8 {
      let other = try await Tool.run(
        "/usr/bin/curl", ["-sS", "--fail", "--max-time", "5", "-o", "/dev/null", proxy.url + "/gzip/64KiB"])
      #expect(other.exit == 0, "another client was not served: \(other.standardError)")
    }
    let run = try await attacker
    // Colours and cursor movements.
    let text = run.output.replacing(/\u{1B}\[[0-9;]*[A-Za-z]/, with: "")
    return Attack(text: text, seconds: run.seconds)
  }
}
