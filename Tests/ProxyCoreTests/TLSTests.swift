import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Testing

@testable import ProxyCore

/// An https upstream: trusted through its authority, refused without, and never whole without close_notify.
@Suite struct TLSTests {
  /// Answers every connection with `response`; ends with close_notify, without, or (nil) not at all.
  static func origin(_ response: String, clean: Bool?, group: MultiThreadedEventLoopGroup) async throws -> any Channel {
    let certificate = try NIOSSLCertificate.fromPEMBytes(Array(TestCertificate.certificate.utf8))
    let key = try NIOSSLPrivateKey(bytes: Array(TestCertificate.key.utf8), format: .pem)
    let configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: certificate.map { .certificate($0) }, privateKey: .privateKey(key))
    let context = try NIOSSLContext(configuration: configuration)
    return try await ServerBootstrap(group: group)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
          try channel.pipeline.syncOperations.addHandler(Answer(response, clean: clean))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
  }

  final class Answer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let response: String
    let clean: Bool?
    init(_ response: String, clean: Bool?) {
      self.response = response
      self.clean = clean
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let written = context.eventLoop.makePromise(of: Void.self)
      let channel = context.channel
      let clean = clean
      let raw = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
      let bound = NIOLoopBound(raw, eventLoop: context.eventLoop)
      written.futureResult.whenComplete { _ in
        // Closing from the handler below TLS leaves out its goodbye.
        guard let clean else { return }
        if clean { channel.close(promise: nil) } else { bound.value?.close(promise: nil) }
      }
      context.writeAndFlush(NIOAny(ByteBuffer(string: response)), promise: written)
    }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
  }

  static func fetch(_ response: String, clean: Bool, trusted: Bool, host: String = "localhost") async throws -> String {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let server = try await origin(response, clean: clean, group: group)
    let port = server.localAddress?.port ?? 0
    let file = try TestCertificate.write()
    defer { TestCertificate.remove(file) }
    let text = try await withProxy(to: "https://\(host):\(port)", { if trusted { $0.certificateAuthorities = file } }) {
      try await exchange($0.port, get()).text
    }
    try await server.close()
    try await group.shutdownGracefully()
    return text
  }

  @Test(arguments: ["localhost", "127.0.0.1"])
  func aTrustedUpstream(_ host: String) async throws {
    let text = try await Self.fetch(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", clean: true, trusted: true, host: host)
    #expect(text.hasPrefix("HTTP/1.1 200 OK") && text.httpBody == "hello")
  }

  @Test func anUntrustedUpstream() async throws {
    let text = try await Self.fetch("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", clean: true, trusted: false)
    #expect(text.hasPrefix("HTTP/1.1 502") && text.contains("error=tls_certificate_error"))
  }

  @Test("A4 over TLS a body that ends with its connection is whole only after close_notify")
  func aBodyWithoutLengthNeedsCloseNotify() async throws {
    let response = "HTTP/1.1 200 OK\r\n\r\nhello"
    #expect(try await Self.fetch(response, clean: true, trusted: true).httpBody == "5\r\nhello\r\n0\r\n\r\n")
    #expect(try await Self.fetch(response, clean: false, trusted: true).httpBody == "5\r\nhello\r\n")
  }

  @Test func plainTextIsNotTLS() async throws {
    let origin = try ScriptedOrigin { peer, _ in
      peer.write("HTTP/1.1 400 Bad\r\n\r\n")
      _ = peer.readToEnd()
    }
    let text = try await withProxy(to: "https://127.0.0.1:\(origin.port)") { try await exchange($0.port, get()).text }
    #expect(text.hasPrefix("HTTP/1.1 502") && text.contains("error=tls_protocol_error"))
  }

  @Test("F17 half a TLS record is seen, however it arrives: such a connection is not quiet") func f17HalfARecord() {
    let record: [UInt8] = [23, 3, 3, 0, 4, 1, 2, 3, 4]
    let bytes = record + [21, 3, 3, 1, 0] + [UInt8](repeating: 7, count: 256) + [22, 3, 3, 0, 0]
    let ends: Set = [9, 9 + 5 + 256, bytes.count]
    for size in [1, 2, 7, bytes.count] {
      var tracker = TLSRecordTracker()
      #expect(tracker.isBetweenRecords)
      var seen = 0
      while seen < bytes.count {
        let piece = bytes[seen..<min(seen + size, bytes.count)]
        Array(piece).withUnsafeBytes { tracker.receive($0) }
        seen += piece.count
        #expect(tracker.isBetweenRecords == ends.contains(seen), "after \(seen)")
      }
    }
  }

  /// The upstream's goodbye is not waited for: TLS would do that for seconds.
  @Test("S7 a client that leaves cancels an https upstream at once") func s7LeavingOverTLS() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    // Answers with half a body and no end.
    let server = try await Self.origin("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", clean: nil, group: group)
    let file = try TestCertificate.write()
    defer { TestCertificate.remove(file) }
    let change: (inout ProxyConfiguration) -> Void = {
      $0.certificateAuthorities = file
      $0.telemetry = true
      $0.limits.upstreamConnections = 1
    }
    let url = "https://localhost:\(server.localAddress?.port ?? 0)"
    try await withProxy(to: url, change) { proxy async throws in
      try await blocking {
        let client = try SocketPeer.connect(port: proxy.port)
        client.write(get())
        _ = client.read(through: "\r\n\r\nab")
        client.close()
      }
      #expect(await eventually { await ProxyStats.active(proxy.port) == 0 })
      // The only place is free again, long before a goodbye would have been given up: one quick answer shows it, on a machine
      // that may be busy with other things.
      var quickest = Duration.seconds(60)
      for _ in 0..<3 where quickest > .seconds(3) {
        let started = ContinuousClock.now
        let text = try await blocking { () -> String in
          let client = try SocketPeer.connect(port: proxy.port)
          client.write(get())
          return client.read(through: "\r\n\r\n") ?? ""
        }
        #expect(text.hasPrefix("HTTP/1.1 200 OK"))
        quickest = min(quickest, ContinuousClock.now - started)
      }
      #expect(quickest < .seconds(3))
    }
    try await server.close()
    try await group.shutdownGracefully()
  }

  @Test func aMissingAuthorityFile() async throws {
    await #expect(throws: (any Error).self) {
      try await withProxy(to: "https://localhost:1", { $0.certificateAuthorities = "/nonexistent.pem" }) { _ in }
    }
  }
}
