import TestSupport
import Testing

@testable import ProxyCore

/// Streaming, memory and latency over real sockets.
@Suite("Checklist S: streaming and memory", .serialized) struct ChecklistSTests {
  @Test("S1 a head and each piece of a body leave at once") func s1FirstByte() async throws {
    // The origin goes on only when the client has what was sent so far: a proxy that waits for more would wait for ever.
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for (index, piece) in ["1\r\na\r\n", "1\r\nb\r\n", "0\r\n\r\n"].enumerated() {
        while origin.requests.count <= index { yieldThread() }
        peer.write(piece)
      }
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let body = try await blocking { () -> String in
        let client = try SocketPeer.connect(port: server.port)
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        var text = ""
        _ = client.read(through: "\r\n\r\n")
        for _ in 0..<3 {
          origin.note("seen")
          text += client.read(through: "\r\n").map { $0 + (client.read(through: "\r\n") ?? "") } ?? "nothing came"
        }
        return text
      }
      #expect(body == "1\r\na\r\n1\r\nb\r\n0\r\n\r\n")
    }
  }

  @Test("S2 a stalled client stops the upstream, within the bound of a stream") func aStalledClientStopsTheUpstream()
    async throws
  {
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
    try await withProxy(to: origin.url, ProxyStats.smallSockets) { server async throws in
      let client = try SocketPeer.connect(port: server.port, receiveBuffer: 32_768)
      client.write("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: stalled\r\n\r\n")
      #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
      // The origin has stopped when two looks see the same, with many turns of the proxy's loop between them.
      var last = -1
      #expect(
        await eventually {
          for _ in 0..<50 { _ = await ProxyStats.buffered(server.port) }
          defer { last = taken.value }
          return taken.value == last
        })
      #expect(taken.value < 8 * 1_048_576)
      let stats = try await ProxyStats.read(server.port)
      #expect((1...262_144).contains(ProxyStats.number(stats, "buffered_bytes")))
      #expect(stats.contains("\"request_id\":\"stalled\"") && ProxyStats.number(stats, "active_streams") == 1)
      // And goes on when the client does.
      let rest = try await blocking { () -> Int in
        _ = client.readHead()
        return client.read(count: 25_165_824)?.count ?? 0
      }
      #expect(rest == 25_165_824)
    }
  }

  @Test("S3 a slow upstream stops the upload, within the bound of a stream") func aSlowUpstreamStopsTheUpload()
    async throws
  {
    let origin = try ScriptedOrigin(receiveBuffer: 32_768) { peer, origin in
      _ = peer.readHead()
      while !origin.requests.contains("go") { yieldThread() }
      _ = peer.read(count: 16_777_216)
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    }
    let sent = Counter()
    try await withProxy(to: origin.url, ProxyStats.smallSockets) { server async throws in
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
      #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
      #expect(try await ProxyStats.number(ProxyStats.read(server.port), "buffered_bytes") <= 262_144)
      #expect(sent.value < 16_777_216)
      origin.note("go")
      #expect(try await answer.hasPrefix("HTTP/1.1 200 OK"))
    }
  }

  @Test("S4 with many stalled clients a new one is served, and each holds no more than its bound")
  func s4ManyStalledClients() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      let head = peer.readHead() ?? ""
      if head.hasPrefix("GET /quick ") {
        peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        return _ = peer.readToEnd()
      }
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
      let piece = [UInt8](repeating: 7, count: 65_536)
      while peer.writeSome(piece) == piece.count {}
    }
    try await withProxy(to: origin.url, ProxyStats.smallSockets) { server async throws in
      let count = 64
      let clients = try (0..<count).map { _ in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        return client
      }
      #expect(await eventually { await ProxyStats.buffered(server.port) > count })
      #expect(await ProxyStats.buffered(server.port) <= count * 262_144)
      #expect(try await exchange(server.port, get("/quick")).text.hasSuffix("\r\n\r\nok"))
      for client in clients { client.close() }
    }
  }

  /// NIO empties an ended connection at once; the proxy must not let it.
  @Test("S5 an upstream that writes and closes costs no more memory, and not a byte")
  func anUpstreamsHardCloseCostsNoMemory() async throws {
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
      for _ in 0..<20 {
        worst = max(worst, try await ProxyStats.number(ProxyStats.read(server.port), "buffered_bytes"))
      }
      #expect(worst > 0 && worst <= 524_288, "held \(worst)")
      let body = try await blocking { () -> [UInt8]? in
        _ = client.readHead()
        return client.read(count: size)
      }
      #expect(body == (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
    }
  }

  @Test("S6 a write that fails cancels the upstream") func s6FailedWrite() async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
      while !origin.requests.contains("gone") { yieldThread() }
      // Goes on writing into what nobody reads any more.
      while peer.write("1\r\nb\r\n") {}
      origin.note("cancelled")
    }
    try await withProxy(to: origin.url) { server async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: server.port)
        client.write(get())
        _ = client.read(through: "\r\na\r\n")
        client.reset()
        origin.note("gone")
      }
      #expect(await eventually { origin.requests.contains("cancelled") })
    }
  }

  enum Phase: String, CaseIterable, Sendable { case waitingForHead, streaming, silentBody, uploading }

  @Test("S7 a client that leaves cancels the upstream at once", arguments: Phase.allCases)
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
      var delays: [Duration] = []
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
        delays.append(ended.last(round) - left)
      }
      // Each of them, where the machine does nothing else.
      #expect(delays.sorted()[10] < .milliseconds(500))
    }
  }

  @Test("S7 a client that leaves while the upstream is being connected to ends the attempt")
  func s7LeavingDuringConnect() async throws {
    let listener = try UnansweringListener()
    try await withProxy(to: listener.url, { $0.telemetry = true }) { server async throws in
      let client = try SocketPeer.connect(port: server.port)
      client.write(get())
      #expect(await eventually { await ProxyStats.active(server.port) == 1 })
      client.close()
      #expect(await eventually { await ProxyStats.active(server.port) == 0 })
    }
  }
}
