import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

/// Clients that are slow, many, or still there when the proxy is told to end.
@Suite("Checklist G: clients and the end", .serialized) struct ChecklistGClientTests {
  @Test("G11 a head has one limit in all, however it drips in") func g11DrippingHead() async throws {
    let origin = try ScriptedOrigin { _, _ in }
    try await withProxy(to: origin.url, { $0.limits.clientHead = .milliseconds(200) }) { server async throws in
      let text = try await blocking { () -> String in
        let client = try SocketPeer.connect(port: server.port)
        client.write("GET / HTTP/1.1\r\nHost: a\r\nA: ")
        // Each byte comes well within the limit, all of them take fifteen times as long, and no limit of size is near.
        var left = 600
        while left > 0, client.write("b"), !client.wait(milliseconds: 5) { left -= 1 }
        guard client.wait(milliseconds: 0) else { return "no end while it dripped" }
        return String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
      #expect(text.hasPrefix("HTTP/1.1 408 ") && text.contains("; cause=request_timeout\r\n"), "\(text)")
    }
    #expect(origin.connections == 0)
  }

  @Test("G11 a connection that says nothing, first or between requests, is closed") func g11Idle() async throws {
    let origin = try ScriptedOrigin.answering(ChecklistGTests.ok)
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.clientHead = .milliseconds(80)
      $0.limits.clientIdle = .milliseconds(80)
    }
    try await withProxy(to: origin.url, change) { server async throws in
      #expect(try await exchange(server.port, "") == ("", .fin))
      let (text, end) = try await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(text.hasSuffix("ok") && end == .fin)
    }
  }

  @Test("G11 a body that drips in below the least rate is refused") func g11SlowBody() async throws {
    let origin = try ScriptedOrigin { peer, _ in _ = peer.readToEnd() }
    let change: (inout ProxyConfiguration) -> Void = {
      $0.limits.clientBody = .milliseconds(150)
      $0.limits.clientRate = 1_000_000
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let text = try await blocking { () -> String in
        let client = try SocketPeer.connect(port: server.port)
        client.write("PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
        while client.write("x"), client.wait(milliseconds: 5) == false {}
        return String(decoding: client.readToEnd().bytes, as: UTF8.self)
      }
      #expect(text.hasPrefix("HTTP/1.1 408 ") && text.contains("cause=request_timeout"))
    }
  }

  @Test(
    "G11 a client that takes nothing, or too little, of its response is cut, and the upstream cancelled",
    arguments: [false, true])
  func g11SlowReader(_ trickles: Bool) async throws {
    let origin = try ScriptedOrigin { peer, origin in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
      let piece = [UInt8](repeating: 7, count: 65_536)
      while peer.writeSome(piece) == piece.count {}
      origin.note("cancelled")
    }
    let change: (inout ProxyConfiguration) -> Void = {
      ProxyStats.smallSockets(&$0)
      $0.limits.clientWrite = .milliseconds(200)
      $0.limits.clientRate = trickles ? 1_000_000_000 : 0
    }
    try await withProxy(to: origin.url, change) { server async throws in
      let end = try await blocking { () -> SocketPeer.End in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write(get())
        while !origin.requests.contains("cancelled") {
          // Reading on meets the reset itself, so that nothing is left to see of it afterwards.
          if trickles, client.read(count: 1024) == nil { return .reset }
          yieldThread()
        }
        return client.readToEnd().end
      }
      #expect(trickles || end == .reset)
      #expect(await eventually { origin.requests.contains("cancelled") })
    }
  }

  @Test("G11 connections from one address are limited, and free places can be taken again") func g11PerClient()
    async throws
  {
    let origin = try ScriptedOrigin.answering(ChecklistGTests.ok)
    try await withProxy(to: origin.url, { $0.limits.connectionsPerClient = 2 }) { server async throws in
      let held = try (0..<2).map { _ in try SocketPeer.connect(port: server.port) }
      for client in held { client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n") }
      for client in held { _ = try await blocking { client.read(through: "\r\n\r\nok") } }
      let text = try await exchange(server.port, get()).text
      #expect(text.hasPrefix("HTTP/1.1 429 ") && text.contains("cause=too_many_connections"))
      #expect(text.contains("\r\nretry-after: 1\r\n"))
      held[0].close()
      #expect(await eventually { (try? await exchange(server.port, get()).text.hasPrefix("HTTP/1.1 200")) == true })
    }
  }

  @Test("G12 told to end, the proxy takes no more connections and lets streams finish") func shutdownLetsStreamsFinish()
    async throws
  {
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

  @Test("G12 what does not finish is cut, and seen to be") func shutdownCutsWhatDoesNotFinish() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      _ = peer.readHead()
      peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
      _ = peer.readToEnd()
    }
    try await withProxy(to: origin.url) { server async throws in
      let client = try SocketPeer.connect(port: server.port)
      client.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      _ = try await blocking { client.read(through: "\r\nab\r\n") }
      #expect(await server.shutdown(within: .milliseconds(50)) == 1)
      #expect(try await blocking { client.readToEnd().bytes } == [])
    }
  }

  @Test("G12 readiness turns first: connections are still taken while it says no") func g12ReadinessFirst() async throws
  {
    let origin = try ScriptedOrigin.answering(ChecklistGTests.ok)
    try await withProxy(to: origin.url, { $0.limits.drainDelay = .seconds(2) }) { server async throws in
      #expect(try await exchange(server.port, get("/.gzproxy/readyz")).text.hasPrefix("HTTP/1.1 200"))
      async let cut = server.shutdown(within: .seconds(5))
      #expect(
        await eventually {
          (try? await exchange(server.port, get("/.gzproxy/readyz")).text.hasPrefix("HTTP/1.1 503")) == true
        })
      let text = try await exchange(server.port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").text
      #expect(text.hasPrefix("HTTP/1.1 200") && text.contains("\r\nconnection: close\r\n"))
      #expect(await cut == 0)
    }
  }
}
