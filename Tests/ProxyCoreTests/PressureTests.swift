import Synchronization
import TestSupport
import Testing

@testable import ProxyCore

/// Over real sockets: back-pressure, the upstream's hard close, aborts, reuse, shutdown, telemetry.
@Suite(.serialized) struct PressureTests {
  /// Small socket buffers, so that what the origin can get rid of is bounded by little more than the proxy.
  static let smallSockets: @Sendable (inout ProxyConfiguration) -> Void = {
    $0.upstreamReceiveBuffer = 65_536
    $0.clientSendBuffer = 65_536
    $0.telemetry = true
  }

  static func stats(_ port: Int) async throws -> String {
    try await exchange(port, get("/.gzproxy/stats")).text.httpBody
  }

  static func buffered(_ port: Int) async -> Int { number((try? await stats(port)) ?? "", "buffered_bytes") }

  static func number(_ json: String, _ name: String) -> Int {
    guard let part = json.split(separator: "\"\(name)\":", maxSplits: 1).dropFirst().first else { return -1 }
    return Int(part.prefix { $0.isNumber }) ?? -1
  }

  @Test func aStalledClientStopsTheUpstream() async throws {
    let taken = Counter()
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 25165824\r\n\r\n")
      let piece = [UInt8](repeating: 7, count: 65_536)
      for _ in 0..<384 {
        guard peer.write(piece) else { return }
        taken.add(65_536)
      }
    }
    try await withProxy(to: origin.url, Self.smallSockets) { server async throws in
      let client = try SocketPeer.connect(port: server.port, receiveBuffer: 32_768)
      client.write("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: stalled\r\n\r\n")
      #expect(await eventually { await Self.buffered(server.port) > 65_536 })
      // The origin has stopped when two looks see the same, with many turns of the proxy's loop between them.
      var last = -1
      #expect(
        await eventually {
          for _ in 0..<50 { _ = await Self.buffered(server.port) }
          defer { last = taken.value }
          return taken.value == last
        })
      #expect(taken.value < 8 * 1_048_576)
      let stats = try await Self.stats(server.port)
      #expect((1...524_288).contains(Self.number(stats, "buffered_bytes")))
      #expect(stats.contains("\"request_id\":\"stalled\"") && Self.number(stats, "active_streams") == 1)
      // And goes on when the client does.
      let rest = try await blocking { () -> Int in
        _ = client.readHead()
        return client.read(count: 25_165_824)?.count ?? 0
      }
      #expect(rest == 25_165_824)
    }
  }

  /// NIO empties an ended connection at once; the proxy must not let it.
  @Test func anUpstreamsHardCloseCostsNoMemory() async throws {
    let size = 1_500_000
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
      peer.write((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
      origin.note("written")
      peer.close()
    }
    try await withProxy(
      to: origin.url,
      {
        $0.upstreamReceiveBuffer = 4_194_304
        $0.clientSendBuffer = 65_536
        $0.telemetry = true
      }
    ) { server async throws in
      let client = try SocketPeer.connect(port: server.port, receiveBuffer: 32_768)
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(await eventually { origin.requests.contains("written") })
      var worst = 0
      for _ in 0..<20 { worst = max(worst, try await Self.number(Self.stats(server.port), "buffered_bytes")) }
      #expect(worst > 0 && worst <= 524_288, "held \(worst)")
      let body = try await blocking { () -> [UInt8]? in
        _ = client.readHead()
        return client.read(count: size)
      }
      #expect(body == (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    }
  }

  @Test func aSlowUpstreamStopsTheUpload() async throws {
    let origin = try ScriptedOrigin(receiveBuffer: 32_768) { peer, origin in
      _ = peer.readHead()
      while !origin.requests.contains("go") { yieldThread() }
      _ = peer.read(count: 16_777_216)
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let sent = Counter()
    try await withProxy(to: origin.url, Self.smallSockets) { server async throws in
      async let answer = blocking { () -> String in
        let client = try SocketPeer.connect(port: server.port)
        client.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 16777216\r\n\r\n")
        let piece = [UInt8](repeating: 7, count: 65_536)
        for _ in 0..<256 {
          guard client.write(piece) else { break }
          sent.add(65_536)
        }
        return client.readHead() ?? ""
      }
      #expect(await eventually { await Self.buffered(server.port) > 65_536 })
      #expect(try await Self.number(Self.stats(server.port), "buffered_bytes") <= 524_288)
      #expect(sent.value < 16_777_216)
      origin.note("go")
      #expect(try await answer.hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  enum Phase: CaseIterable, Sendable { case waitingForHead, streaming, silentBody, uploading }

  @Test(arguments: Phase.allCases)
  func aLeavingClientCancelsTheUpstreamAtOnce(_ phase: Phase) async throws {
    let clock = ContinuousClock()
    let ended = Ended()
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      switch phase {
      case .waitingForHead, .uploading: break
      case .silentBody: peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
      case .streaming: peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      }
      origin.note("ready")
      if phase == .streaming {
        while peer.write("400\r\n\(String(repeating: "x", count: 1024))\r\n") {}
      } else {
        _ = peer.readToEnd()
      }
      ended.note(clock.now)
    }
    try await withProxy(to: origin.url) { server async throws in
      for round in 1...20 {
        let left = try await blocking { () -> ContinuousClock.Instant in
          let client = try SocketPeer.connect(port: server.port)
          client.write(phase == .uploading ? "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc" : get())
          while origin.requests.count < round { yieldThread() }
          if phase == .streaming || phase == .silentBody { _ = client.readHead() }
          if round.isMultiple(of: 2) { client.reset() } else { client.close() }
          return clock.now
        }
        #expect(await eventually { ended.count >= round })
        #expect(ended.last(round) - left < .milliseconds(500))
      }
    }
  }

  @Test func connectionsAreReusedAndDeadOnesReplaced() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        guard peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") else { return }
        if head.contains("/die") {
          // Gone with the next request, without an answer.
          _ = peer.readHead()
          return peer.close()
        }
      }
    }
    try await withProxy(to: origin.url) { server async throws in
      for _ in 0..<5 { #expect(try await exchange(server.port, get()).text.hasSuffix("ok")) }
      #expect(origin.connections == 1)
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      #expect(try await exchange(server.port, get("/again")).text.hasSuffix("ok"))
      #expect(origin.connections == 2)
      // A POST must not be sent twice.
      #expect(try await exchange(server.port, get("/die")).text.hasSuffix("ok"))
      let posted = try await exchange(
        server.port, "POST /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
      ).text
      #expect(posted.hasPrefix("HTTP/1.1 502") && posted.contains("error=connection_terminated"))
    }
  }

  @Test func anIdleConnectionThatSpeaksIsDropped() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      guard peer.readHead() != nil else { return }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      while !origin.requests.contains("speak") { yieldThread() }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
      _ = peer.readToEnd()
      origin.note("dropped")
    }
    try await withProxy(to: origin.url) { server async throws in
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
      origin.note("speak")
      #expect(await eventually { origin.requests.contains("dropped") })
      #expect(try await exchange(server.port, get()).text.hasSuffix("ok"))
      #expect(origin.connections == 2)
    }
  }

  @Test func theLimitOfConnections() async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    try await withProxy(to: origin.url, { $0.limits.upstreamConnections = 1 }) { server async throws in
      let first = try SocketPeer.connect(port: server.port)
      first.write(get())
      #expect(await eventually { origin.connections == 1 })
      let text = try await exchange(server.port, get()).text
      #expect(
        text.hasPrefix("HTTP/1.1 503") && text.contains("retry-after: 1") && text.contains("cause=connection_limit"))
    }
    try await withProxy(to: origin.url, { $0.descriptorLimit = 32 }) { server async throws in
      #expect(try await exchange(server.port, get()).text.contains("cause=out_of_descriptors"))
    }
  }

  @Test func shutdownLetsStreamsFinish() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
      while !origin.requests.contains("go") { yieldThread() }
      peer.write("cd")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let idle = try SocketPeer.connect(port: server.port)
      idle.write("GET /.gzproxy/readyz HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await blocking { idle.read(through: "ready\n") }
      let client = try SocketPeer.connect(port: server.port)
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await blocking { client.read(through: "\r\n\r\nab") }
      async let cut = server.shutdown(within: .seconds(8))
      #expect(try await blocking { idle.readToEnd().end } == .fin)
      origin.note("go")
      let (rest, end) = try await blocking { client.readToEnd() }
      #expect(rest == Array("cd".utf8) && end == .fin)
      #expect(await cut == 0)
      #expect(throws: (any Error).self) { try SocketPeer.connect(port: server.port) }
    }
  }

  @Test func shutdownCutsWhatDoesNotFinish() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let client = try SocketPeer.connect(port: server.port)
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await blocking { client.read(through: "ab\r\n") }
      #expect(await server.shutdown(within: .milliseconds(50)) == 1)
      #expect(try await blocking { client.readToEnd().bytes } == [])
    }
  }

  @Test func telemetryAndTheReservedPaths() async throws {
    let origin = try ScriptedOrigin.answering(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nx-gzproxy-instance: theirs\r\n\r\n")
    try await withProxy(to: origin.url, { $0.telemetry = true }) { server async throws in
      let text = try await exchange(server.port, get()).text
      #expect(text.contains("x-gzproxy-instance: ") && !text.contains("theirs"))
      #expect(text.contains("x-gzproxy-rss-bytes: ") && text.contains("x-gzproxy-active: 1\r\n"))
      let stats = try await Self.stats(server.port)
      for name in [
        "uptime_seconds", "rss_bytes", "rss_peak_bytes", "cpu_seconds", "bytes_out_total", "upstream_errors", "streams",
      ] {
        #expect(stats.contains("\"\(name)\":"))
      }
      #expect(Self.number(stats, "streams_total") == 1 && Self.number(stats, "incomplete_total") == 0)
      let hello = try await exchange(server.port, get("/.gzproxy/hello", "X-Request-Id: h\r\n")).text
      #expect(
        hello.httpBody.split(separator: "\r\n").enumerated().filter { !$0.offset.isMultiple(of: 2) }.map { $0.element }
          .joined() == "[h] This is streaming from gzproxy!")
      #expect(hello.hasSuffix("0\r\n\r\n"))
      #expect(try await exchange(server.port, get("/.gzproxy/metrics")).text.hasPrefix("HTTP/1.1 404"))
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
      let stats = try await Self.stats(port)
      #expect(Self.number(stats, "incomplete_total") == 1)
      #expect(stats.contains("\"upstream_errors\":{\"http_response_incomplete\":1}"))
      #expect(try await exchange(port, get("/")).text.hasPrefix("HTTP/1.1 404"))
    }
  }
}

/// Counts across threads.
final class Counter: Sendable {
  private let count = Atomic<Int>(0)
  func add(_ number: Int) { count.add(number, ordering: .relaxed) }
  var value: Int { count.load(ordering: .relaxed) }
}

final class Ended: Sendable {
  private let times = Mutex<[ContinuousClock.Instant]>([])
  func note(_ time: ContinuousClock.Instant) { times.withLock { $0.append(time) } }
  var count: Int { times.withLock { $0.count } }
  func last(_ round: Int) -> ContinuousClock.Instant { times.withLock { $0[round - 1] } }
}
