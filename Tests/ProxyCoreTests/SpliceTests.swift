import NIOCore
import TestSupport
import Testing

@testable import ProxyCore

#if canImport(Glibc)
  import Glibc

  /// What a pipe does, over real sockets.
  @Suite struct PipeTests {
    /// Two connected sockets that do not block; closed with the object.
    final class Pair {
      let near, far: CInt
      init() throws {
        var ends: [CInt] = [-1, -1]
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw RawClient.Failure(description: "socketpair") }
        (near, far) = (ends[0], ends[1])
      }
      deinit {
        close(near)
        close(far)
      }
      func put(_ text: String) { _ = write(far, text, text.utf8.count) }
      func take() -> String {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = Glibc.read(far, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
      }
    }

    @Test func movesInOrderWhatWasPutFirst() throws {
      let (from, to) = (try Pair(), try Pair())
      let pipe = try #require(Pipe(capacity: 65_536))
      #expect(pipe.capacity == 65_536 && pipe.room == 65_536)
      #expect(pipe.fill(from: from.near, count: 10) == .wouldBlock)
      #expect(pipe.put(ByteBuffer(string: "first ")))
      from.put("second third")
      #expect(pipe.fill(from: from.near, count: 6) == .moved(6))
      #expect(pipe.held == 12 && pipe.room == 65_524)
      #expect(pipe.empty(into: to.near) == .moved(12))
      #expect(to.take() == "first second" && pipe.held == 0)
      #expect(pipe.fill(from: from.near, count: 100) == .moved(6))
      #expect(String(buffer: pipe.read(3)) == " th" && pipe.held == 3)
      #expect(String(buffer: pipe.read(100)) == "ird" && pipe.held == 0)
    }

    @Test func onlyAnEmptyPipeIsPutIntoAndOnlyAPage() throws {
      let pipe = try #require(Pipe(capacity: 65_536))
      #expect(!pipe.put(ByteBuffer(repeating: 1, count: Pipe.putLimit + 1)))
      #expect(pipe.put(ByteBuffer(repeating: 1, count: Pipe.putLimit)))
      #expect(!pipe.put(ByteBuffer(string: "x")))
      #expect(pipe.held == Pipe.putLimit && pipe.read(.max).readableBytes == Pipe.putLimit)
    }

    @Test func tellsAnEndFromSilenceAndFromFailure() throws {
      let pair = try Pair()
      let pipe = try #require(Pipe(capacity: 65_536))
      pair.put("x")
      shutdown(pair.far, CInt(SHUT_WR))
      #expect(pipe.fill(from: pair.near, count: 10) == .moved(1))
      #expect(pipe.fill(from: pair.near, count: 10) == .ended)
      #expect(pipe.empty(into: -1) == .failed && pipe.held == 1)
    }
  }

  @Suite struct PipePoolTests {
    static func shared(descriptors: Int? = nil) throws -> SharedState {
      var configuration = ProxyConfiguration(listen: try HostAndPort("127.0.0.1:0"), upstream: nil, threads: 1)
      configuration.descriptorLimit = descriptors
      return SharedState(configuration: configuration, tls: nil)
    }

    @Test func handsOutAsManyAsTheLimitAndTakesThemBack() throws {
      let shared = try Self.shared()
      let (one, two) = (PipePool(shared: shared), PipePool(shared: shared))
      let now = NIODeadline.now()
      var pipes: [Pipe] = []
      while let pipe = (pipes.count.isMultiple(of: 2) ? one : two).take(at: now) { pipes.append(pipe) }
      #expect(pipes.count == ProxyLimits.pipes && shared.pipeCount == ProxyLimits.pipes)
      one.giveBack(pipes.removeLast())
      #expect(one.idleCount == 1 && one.take(at: now) != nil)
    }

    @Test func aPipeWithAnothersBytesIsNotUsedAgain() throws {
      let shared = try Self.shared()
      let pool = PipePool(shared: shared)
      let pipe = try #require(pool.take(at: .now()))
      #expect(pipe.put(ByteBuffer(string: "secret")))
      pool.giveBack(pipe)
      #expect(pool.idleCount == 0 && shared.pipeCount == 0)
    }

    @Test func noneWhereDescriptorsAreShort() throws {
      let shared = try Self.shared(descriptors: SharedState.leastDescriptors(threads: 1))
      #expect(PipePool(shared: shared).take(at: .now()) == nil && shared.pipeCount == 0)
    }

    @Test func idleOnesAreClosed() throws {
      let shared = try Self.shared()
      let pool = PipePool(shared: shared)
      pool.giveBack(try #require(pool.take(at: .now())))
      pool.closeIdle()
      #expect(pool.idleCount == 0 && shared.pipeCount == 0)
    }
  }

  /// Bodies that go through a pipe, seen from outside.
  @Suite struct SpliceTests {
    /// Bytes that tell where they are from.
    static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }
    static let size = 4 * 1024 * 1024
    static let body = bytes(size)
    static let head = "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n"

    static func spliced(_ server: ProxyServer) async throws -> Int {
      ProxyStats.number(try await ProxyStats.read(server.port), "bytes_spliced_total")
    }

    static let auto: @Sendable (inout ProxyConfiguration) -> Void = {
      $0.relay = .auto
      $0.telemetry = true
    }

    /// The same, with sockets that are full soon.
    static let tight: @Sendable (inout ProxyConfiguration) -> Void = {
      auto(&$0)
      ProxyStats.smallSockets(&$0)
    }

    @Test("one after the other on the same connections, each whole, most of it through a pipe")
    func whole() async throws {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil { guard peer.write(Self.head), peer.write(Self.body) else { return } }
      }
      try await withProxy(to: origin.url, Self.auto) { server async throws in
        let bodies = try await blocking { () -> [Bool] in
          let client = try SocketPeer.connect(port: server.port)
          return (0..<3).map { _ in
            client.write(Wire.keep("/"))
            return client.readHead() != nil && client.read(count: Self.size) == Self.body
          }
        }
        #expect(bodies == [true, true, true] && origin.connections == 1)
        #expect(try await Self.spliced(server) > 2 * Self.size)
        let metrics = try await MetricsTests.scrape(server)
        #expect(metrics.value("gzproxy_relayed_streams_total", ["path": "splice"]) == 3)
        #expect(metrics.value("gzproxy_pipes", ["state": "active"]) == 0)
      }
    }

    @Test("with --relay copy nothing goes through a pipe") func copied() async throws {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil { guard peer.write(Self.head), peer.write(Self.body) else { return } }
      }
      let change: @Sendable (inout ProxyConfiguration) -> Void = {
        $0.telemetry = true
        $0.relay = .copy
      }
      try await withProxy(to: origin.url, change) { server async throws in
        let same = try await blocking { () -> Bool in
          let client = try SocketPeer.connect(port: server.port)
          client.write(Wire.keep("/"))
          return client.readHead() != nil && client.read(count: Self.size) == Self.body
        }
        #expect(same)
        #expect(try await Self.spliced(server) == 0)
      }
    }

    @Test("switched to copy: a stream that has begun stays in its pipe, the next one is copied") func switched()
      async throws
    {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil { guard peer.write(Self.head), peer.write(Self.body) else { return } }
      }
      let admin = try HostAndPort("127.0.0.1:0")
      let change: @Sendable (inout ProxyConfiguration) -> Void = {
        Self.tight(&$0)
        $0.adminListen = admin
      }
      try await withProxy(to: origin.url, change) { server async throws in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write(Wire.keep("/"))
        #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
        let before = try await Self.spliced(server)
        let port = try #require(server.adminPort)
        let answer = try await exchange(
          port, "POST /.gzproxy/relay/copy HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        #expect(answer.text.hasPrefix("HTTP/1.1 200"))
        let first = try await blocking { client.readHead() != nil && client.read(count: Self.size) == Self.body }
        let after = try await Self.spliced(server)
        #expect(first && after > before && after > Self.size / 2)
        let second = try await blocking {
          client.write(Wire.keep("/"))
          return client.readHead() != nil && client.read(count: Self.size) == Self.body
        }
        #expect(second)
        #expect(try await Self.spliced(server) == after)
      }
    }

    @Test("a client that stops and goes on gets every byte, in order") func stalls() async throws {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil { guard peer.write(Self.head), peer.write(Self.body) else { return } }
      }
      try await withProxy(to: origin.url, Self.tight) { server async throws in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write(Wire.keep("/"))
        #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
        let same = try await blocking { client.readHead() != nil && client.read(count: Self.size) == Self.body }
        #expect(same)
        #expect(try await Self.spliced(server) > Self.size / 2)
      }
    }

    @Test(
      "an upstream that is cut while the client stalls: all that came goes out, and no proper end",
      arguments: [true, false])
    func cut(_ byReset: Bool) async throws {
      let sent = Counter()
      let origin = try ScriptedOrigin(sendBuffer: 65_536) { peer, _ in
        _ = peer.readHead()
        peer.write(Self.head)
        sent.add(peer.fill([UInt8](repeating: 7, count: 65_536), untilQuietFor: 200))
        if byReset { peer.reset() } else { peer.finish() }
      }
      try await withProxy(to: origin.url, Self.tight) { server async throws in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write(Wire.keep("/"))
        #expect(await eventually { sent.value > 0 })
        let (got, end) = try await blocking { () -> ([UInt8], SocketPeer.End) in
          _ = client.readHead()
          return client.readToEnd()
        }
        #expect(got.count < Self.size && got.allSatisfy { $0 == 7 })
        // A reset may destroy what had not been read; a FIN may not.
        #expect(byReset || got.count == sent.value)
        #expect(end == .fin && !got.isEmpty)
        let stats = try await ProxyStats.read(server.port)
        #expect(ProxyStats.number(stats, "incomplete_total") == 1)
        #expect(await eventually { await ProxyStats.active(server.port) == 0 })
      }
    }

    @Test("a client that leaves with bytes of its body in a pipe: neither is kept") func leaves() async throws {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil { guard peer.write(Self.head), peer.write(Self.body) else { return } }
      }
      try await withProxy(to: origin.url, Self.tight) { server async throws in
        let client = try SocketPeer.connect(port: server.port, receiveBuffer: 16_384)
        client.write(Wire.keep("/"))
        #expect(await eventually { await ProxyStats.buffered(server.port) > 0 })
        client.reset()
        #expect(await eventually { await ProxyStats.active(server.port) == 0 })
        let metrics = try await MetricsTests.scrape(server)
        #expect(metrics.value("gzproxy_pipes", ["state": "active"]) == 0)
        #expect(metrics.value("gzproxy_client_aborts_total", ["phase": "data"]) == 1)
      }
    }

    @Test("what follows a body is not sent as part of it, and its connection not used again") func excess() async throws
    {
      let origin = try ScriptedOrigin { peer, _ in
        while peer.readHead() != nil {
          guard peer.write(Self.head), peer.write(Self.body + Array("HTTP/1.1 200 OK\r\n\r\nevil".utf8)) else { return }
        }
      }
      try await withProxy(to: origin.url, Self.auto) { server async throws in
        for request in 1...2 {
          let same = try await blocking { () -> Bool in
            // Where what follows was read together with the body's end, the client's connection ends as well.
            let client = try SocketPeer.connect(port: server.port)
            client.write(Wire.keep("/"))
            guard client.readHead()?.hasPrefix("HTTP/1.1 200 OK\r\nContent-Length: ") == true else { return false }
            return client.read(count: Self.size) == Self.body
          }
          #expect(same && origin.connections == request)
          // What follows may come later than the client's next request could: it ends the connection whenever it comes.
          #expect(await eventually { (try? await Self.pooled(server)) == 0 })
        }
      }
    }

    private static func pooled(_ server: ProxyServer) async throws -> Double {
      let metrics = try await MetricsTests.scrape(server)
      return ["idle", "active"].reduce(0) { $0 + (metrics.value("gzproxy_pool_connections", ["state": $1]) ?? 0) }
    }
  }
#endif
