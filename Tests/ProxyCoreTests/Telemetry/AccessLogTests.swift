import TestSupport
import Testing

@testable import ProxyCore

/// One line a stream, over real sockets: what happened is what the line says (proxy rules E12 and D19).
@Suite struct AccessLogTests {
  static let ok = "HTTP/1.1 200 OK\r\n"

  /// The lines of everything that `body` did with a proxy to `origin`.
  static func logged(
    _ level: AccessLogSettings.Level = .all, to url: String,
    _ change: (inout ProxyConfiguration) -> Void = { _ in },
    _ body: (ProxyServer, LogFile) async throws -> Void
  ) async throws -> [LogEntry] {
    let file = try LogFile()
    try await withProxy(to: url) {
      $0.accessLog = file.settings(level)
      change(&$0)
    } _: { server async throws in
      try await body(server, file)
    }
    return try file.lines()
  }

  /// A client that leaves is noticed a moment later.
  static func awaitLine(_ file: LogFile) async { #expect(await eventually { file.text.hasSuffix("\n") }) }

  @Test func aWholeStreamHasEveryField() async throws {
    let origin = try ScriptedOrigin.answering(
      "\(Self.ok)Content-Encoding: gzip\r\nETag: \"v1\"\r\nContent-Length: 5\r\n\r\nhello")
    let request =
      "POST /p/%2e?key=secret HTTP/1.1\r\nHost: Pub.example\r\nX-Request-Id: me-1\r\nContent-Length: 4\r\n"
      + "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nConnection: close\r\n\r\nbody"
    let lines = try await Self.logged(to: origin.url) { server, _ in
      let text = try await exchange(server.port, request).text
      #expect(text.hasSuffix("hello"))
    }
    let line = try #require(lines.first)
    #expect(lines.count == 1 && line.ts.hasSuffix("Z") && line.ts.count == 24 && line.instance.count == 8)
    #expect(line.requestId == "me-1" && line.traceId == "0af7651916cd43dd8448eb211c80319c")
    #expect(
      line.client == "127.0.0.1" && line.method == "POST" && line.host == "Pub.example" && line.path == "/p/%2e?...")
    #expect(line.clientProtocol == "HTTP/1.1" && line.upstreamProtocol == "HTTP/1.1" && line.status == 200)
    #expect(line.complete && line.cause == nil && line.termination == "--" && line.outcome == "complete")
    #expect(line.bytesIn == 4 && line.bytesOut == 5 && line.expectedLength == 5 && line.contentEncoding == "gzip")
    #expect(line.wireBytesIn == Int64(request.utf8.count) && line.wireBytesOut > 100)
    #expect(line.etagHash == Array("\"v1\"".utf8).withUnsafeBytes { FNV.hex(FNV.hash($0)) })
    #expect(line.origin == origin.url && line.upstreamAddress == "127.0.0.1:\(origin.port)")
    #expect(line.attempts == 1 && line.reused == false && line.dnsMs == nil && line.tlsMs == nil)
    let (connect, first) = (try #require(line.connectMs), try #require(line.ttfbMs))
    #expect(connect > 0 && connect <= first && first <= line.totalMs && line.totalMs < 10_000)
    #expect(line.pausedClientMs == 0 && line.pausedUpstreamMs == 0)
  }

  @Test func wireBytesAreWhatTheClientGot() async throws {
    let origin = try ScriptedOrigin.answering("\(Self.ok)Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
    var received = 0
    let lines = try await Self.logged(to: origin.url) { server, _ in
      received += try await exchange(server.port, get("/1")).text.utf8.count
      received += try await exchange(server.port, "GET / HTTP/1.1\r\n\r\n").text.utf8.count
    }
    #expect(lines.map(\.bytesOut) == [5, 0] && lines.map(\.expectedLength) == [nil, nil])
    #expect(lines.map(\.wireBytesOut).reduce(0, +) == Int64(received))
    #expect(lines.map(\.status) == [200, 400] && lines[1].cause == "invalid_host" && lines[1].path == "/")
    #expect(lines[1].termination == "CR" && lines[1].attempts == 0 && lines[1].reused == nil)
  }

  @Test(
    "E12 a cut body is logged as incomplete, with its cause and its bytes",
    arguments: ["Content-Length: 10\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"])
  func aCutBodyIsTold(_ rest: String) async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write(Self.ok + rest)
    }
    let lines = try await Self.logged(.failed, to: origin.url) { server, _ in
      _ = try await exchange(server.port, get())
    }
    let line = try #require(lines.first)
    #expect(lines.count == 1 && line.status == 200 && !line.complete && line.cause == "response_incomplete")
    #expect(line.termination == "SD" && line.outcome == "incomplete" && line.bytesOut == 5)
    #expect(line.expectedLength == (rest.hasPrefix("C") ? 10 : nil))
  }

  @Test func anAnswerOfOursIsTold() async throws {
    let lines = try await Self.logged(.failed, to: "http://127.0.0.1:1") { server, _ in
      let text = try await exchange(server.port, get("/x")).text
      #expect(text.hasPrefix("HTTP/1.1 502 "))
    }
    let line = try #require(lines.first)
    #expect(lines.count == 1 && line.status == 502 && line.complete && line.cause == "connection_refused")
    #expect(line.termination == "SC" && line.outcome == "answered" && line.upstreamAddress == nil && line.bytesOut == 0)
    #expect(line.wireBytesOut > 200 && line.ttfbMs == nil && line.upstreamProtocol == nil && line.attempts == 1)
  }

  enum Leaving: CaseIterable, Sendable { case inItsHead, beforeTheHead, inItsBody, inTheBody }

  /// Nobody was told anything, so no status is claimed, and the upstream is not to blame.
  @Test("D19 a client that leaves is logged as that, as 499 before the head", arguments: Leaving.allCases)
  func aClientThatLeavesIsTold(_ leaving: Leaving) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      origin.note(peer.readHead() ?? "")
      if leaving == .inTheBody { peer.write("\(Self.ok)Content-Length: 10\r\n\r\nhello") }
      _ = peer.readToEnd()
    }
    let request =
      switch leaving {
      case .inItsHead: "GET / HTTP/1.1\r\nHo"
      case .beforeTheHead, .inTheBody: "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
      case .inItsBody: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nsome"
      }
    let lines = try await Self.logged(.failed, to: origin.url) {
      $0.telemetry = true
    } _: { server, file in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write(request)
        if leaving == .inTheBody { _ = client.read(through: "hello") }
        while leaving != .inItsHead, origin.requests.isEmpty { yieldThread() }
        client.close()
      }
      await Self.awaitLine(file)
      let stats = try await exchange(server.port, get("/.gzproxy/stats")).text
      #expect(stats.contains("\"upstream_errors\":{}") && stats.contains("\"incomplete_total\":0"))
      let metrics = try await MetricsTests.scrape(server)
      let phase =
        switch leaving {
        case .inItsHead, .inItsBody: "request"
        case .beforeTheHead: "head"
        case .inTheBody: "data"
        }
      #expect(metrics.value("gzproxy_client_aborts_total", ["phase": phase]) == 1)
    }
    let line = try #require(lines.first)
    #expect(lines.count == 1 && !line.complete && line.cause == "client_abort" && line.outcome == "client_abort")
    #expect(line.status == (leaving == .inTheBody ? 200 : 499))
    switch leaving {
    case .inItsHead: #expect(line.termination == "CR" && line.method == nil && line.attempts == 0)
    case .inItsBody: #expect(line.termination == "CR" && line.bytesIn == 4)
    case .beforeTheHead: #expect(line.termination == "CH" && line.bytesOut == 0)
    case .inTheBody: #expect(line.termination == "CD" && line.bytesOut == 5)
    }
  }

  @Test func levelsChooseLinesAndReservedPathsAreNoStreams() async throws {
    let origin = try ScriptedOrigin.answering("\(Self.ok)Content-Length: 0\r\n\r\n")
    for (level, expected) in [
      (AccessLogSettings.Level.off, []), (.failed, ["/bad"]),
      (.all, ["/", "/.gzproxy/healthz", "/.gzproxy/x", "/bad"]),
    ] {
      let lines = try await Self.logged(level, to: origin.url) { server, _ in
        for path in ["/", "/.gzproxy/healthz", "/.gzproxy/x"] { _ = try await exchange(server.port, get(path)) }
        _ = try await exchange(server.port, "TRACE /bad HTTP/1.1\r\nHost: a\r\n\r\n")
      }
      #expect(lines.map(\.path) == expected)
      #expect(lines.dropFirst().prefix(2).allSatisfy { $0.outcome == "local" && $0.complete })
    }
  }

  @Test func whatADrainCutsIsTheProxysDoing() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      let head = peer.readHead() ?? ""
      if head.hasPrefix("GET /body") { peer.write("\(Self.ok)Content-Length: 10\r\n\r\nhello") }
      origin.note(head)
      _ = peer.readToEnd()
    }
    let lines = try await Self.logged(.failed, to: origin.url) { server, _ in
      let clients = try await blocking {
        let waiting = try SocketPeer.connect(port: server.port)
        waiting.write(get("/wait"))
        let streaming = try SocketPeer.connect(port: server.port)
        streaming.write(get("/body"))
        _ = streaming.read(through: "hello")
        while origin.requests.count < 2 { yieldThread() }
        return [waiting, streaming]
      }
      #expect(await server.shutdown(within: .milliseconds(1)) == 2)
      #expect(clients.count == 2)
    }.sorted { $0.status < $1.status }
    #expect(lines.map(\.status) == [200, 503] && lines.allSatisfy { $0.cause == "draining" })
    #expect(lines.map(\.termination) == ["PD", "PH"] && lines.map(\.complete) == [false, true])
  }

  @Test func aSlowClientIsTimed() async throws {
    let size = 8 * 1024 * 1024
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("\(Self.ok)Content-Length: \(size)\r\n\r\n")
      peer.write([UInt8](repeating: 7, count: size))
    }
    let lines = try await Self.logged(to: origin.url) {
      $0.telemetry = true
      $0.clientSendBuffer = 65536
      $0.upstreamReceiveBuffer = 65536
    } _: { server, _ in
      let client = try await blocking {
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 65536)
        client.write(get())
        return client
      }
      #expect(
        await eventually {
          (try? await MetricsTests.scrape(server))?
            .value("gzproxy_backpressure_pauses_total", ["side": "client"]) ?? 0 > 0
        })
      let bytes = try await blocking { client.readToEnd().bytes.count }
      #expect(bytes > size)
    }
    let line = try #require(lines.first { $0.path == "/" })
    #expect(line.complete && line.bytesOut == size && line.pausedUpstreamMs == 0)
    #expect((line.pausedClientMs ?? 0) > 0 && (line.pausedClientMs ?? 0) <= line.totalMs)
    #expect(line.peakBufferBytes > 0 && line.peakBufferBytes < 512 * 1024)
  }

  @Test func aSlowUpstreamIsTimed() async throws {
    let size = 8 * 1024 * 1024
    let origin = try ScriptedOrigin(receiveBuffer: 65536) { peer, origin in
      _ = peer.readHead()
      while origin.requests.isEmpty { yieldThread() }
      _ = peer.read(count: size)
      peer.write("\(Self.ok)Content-Length: 0\r\n\r\n")
    }
    let lines = try await Self.logged(to: origin.url) {
      $0.telemetry = true
    } _: { server, _ in
      let client = try SocketPeer.connect(port: server.port)
      async let answer = blocking {
        client.write("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: \(size)\r\n\r\n")
        client.write([UInt8](repeating: 7, count: size))
        return client.readHead()
      }
      #expect(
        await eventually {
          (try? await MetricsTests.scrape(server))?
            .value("gzproxy_backpressure_pauses_total", ["side": "upstream"]) ?? 0 > 0
        })
      origin.note("go")
      #expect(try await answer?.hasPrefix(Self.ok) == true)
    }
    let line = try #require(lines.first { $0.path == "/" })
    #expect(line.complete && line.bytesIn == size && line.pausedClientMs == 0)
    #expect((line.pausedUpstreamMs ?? 0) > 0 && line.peakBufferBytes > 0)
  }

  @Test func aFileThatCannotBeOpenedIsNamed() async throws {
    var configuration = ProxyConfiguration(
      listen: try HostAndPort("127.0.0.1:0"), upstream: try UpstreamTarget(url: "http://127.0.0.1:1"))
    configuration.accessLog = AccessLogSettings(level: .all, destination: .file("/nowhere/log"))
    await #expect(throws: (any Error).self) { try await ProxyServer.start(configuration).shutdown() }
    do { _ = try await ProxyServer.start(configuration) } catch {
      #expect("\(error)".contains("--access-log-file /nowhere/log: No such file or directory"))
    }
  }
}
