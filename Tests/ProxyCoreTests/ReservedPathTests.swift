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
}
