import TestSupport
import Testing

@testable import ProxyCore

/// Over real sockets: what the proxy tells of itself, and to whom.
@Suite struct ReservedPathTests {
  @Test func telemetryAndTheReservedPaths() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-gzproxy-instance: theirs\r\n\r\n")
    try await withProxy(to: origin.url, { $0.telemetry = true }) { server async throws in
      let text = try await exchange(server.port, get()).text
      #expect(text.contains("x-gzproxy-instance: ") && !text.contains("theirs"))
      #expect(text.contains("x-gzproxy-rss-bytes: ") && text.contains("x-gzproxy-active: 1\r\n"))
      let stats = try await ProxyStats.read(server.port)
      for name in [
        "uptime_seconds", "rss_bytes", "rss_peak_bytes", "cpu_seconds", "bytes_out_total", "upstream_errors", "streams",
      ] {
        #expect(stats.contains("\"\(name)\":"))
      }
      #expect(ProxyStats.number(stats, "streams_total") == 1 && ProxyStats.number(stats, "incomplete_total") == 0)
      let hello = try await exchange(server.port, get("/.gzproxy/hello", "X-Request-Id: h\r\n")).text
      #expect(
        hello.httpBody.split(separator: "\r\n").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { $0.element }
          .joined() == "[h] This is streaming from gzproxy!")
      #expect(hello.hasSuffix("0\r\n\r\n"))
      #expect(try await exchange(server.port, get("/.gzproxy/metrics")).text.hasPrefix("HTTP/1.1 200"))
    }
    #expect(origin.connections == 1)
  }

  @Test func withoutTelemetryTheAdminListenerTells() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab")
      peer.close()
    }
    let admin = try HostAndPort("127.0.0.1:0")
    try await withProxy(to: origin.url, { $0.adminListen = admin }) { server async throws in
      #expect(try await exchange(server.port, get("/.gzproxy/healthz")).text.hasSuffix("ok\n"))
      #expect(try await exchange(server.port, get("/.gzproxy/stats")).text.hasPrefix("HTTP/1.1 404"))
      #expect(!(try await exchange(server.port, get("/.gzproxy/healthz")).text.contains("x-gzproxy")))
      _ = try await exchange(server.port, get())
      let port = try #require(server.adminPort)
      let stats = try await ProxyStats.read(port)
      #expect(ProxyStats.number(stats, "incomplete_total") == 1)
      #expect(stats.contains("\"upstream_errors\":{\"http_response_incomplete\":1}"))
      #expect(try await exchange(port, get("/")).text.hasPrefix("HTTP/1.1 404"))
    }
  }

  @Test func theRelayIsSwitchedOnTheAdminListenerOnly() async throws {
    let origin = try ScriptedOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    let admin = try HostAndPort("127.0.0.1:0")
    let change: @Sendable (inout ProxyConfiguration) -> Void = {
      $0.adminListen = admin
      $0.telemetry = true
      $0.relay = .auto
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let port = try #require(server.adminPort)
      func ask(_ method: String, _ path: String, _ port: Int) async throws -> String {
        let request = "\(method) /.gzproxy/relay\(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        return try await exchange(port, request).text
      }
      func relay() async throws -> [String] {
        let stats = try await ProxyStats.read(server.port)
        return RelayMode.allCases.map(\.rawValue).filter { stats.contains("\"relay\":\"\($0)\"") }
      }
      #expect(try await relay() == ["auto"])
      // Clients may look, where they are told at all, and change nothing.
      #expect(try await ask("GET", "", server.port).hasSuffix("auto\n"))
      for (method, path, status) in [("POST", "/copy", 405), ("GET", "/copy", 404), ("POST", "", 405)] {
        #expect(try await ask(method, path, server.port).hasPrefix("HTTP/1.1 \(status)"), "\(method) \(path)")
      }
      #expect(try await ask("GET", "/copy", port).hasPrefix("HTTP/1.1 405"))
      #expect(try await ask("POST", "/none", port).hasPrefix("HTTP/1.1 405"))
      #expect(try await relay() == ["auto"])
      for mode in ["copy", "copy", "auto"] {
        #expect(try await ask("POST", "/\(mode)", port).hasSuffix("\r\n\r\n\(mode)\n"))
        #expect(try await ask("GET", "", port).hasSuffix("\(mode)\n"))
        #expect(try await relay() == [mode])
      }
    }
    #expect(origin.connections == 0)
  }
}
