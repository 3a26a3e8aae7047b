import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Testing

@testable import ProxyCore

/// An https upstream: trusted through its authority, refused without, and never whole without close_notify.
@Suite struct TLSTests {
  /// Answers every connection with `response`; ends with close_notify or without.
  static func origin(_ response: String, clean: Bool, group: MultiThreadedEventLoopGroup) async throws -> any Channel {
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
    let clean: Bool
    init(_ response: String, clean: Bool) {
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

  @Test func aMissingAuthorityFile() async throws {
    await #expect(throws: (any Error).self) {
      try await withProxy(to: "https://localhost:1", { $0.certificateAuthorities = "/nonexistent.pem" }) { _ in }
    }
  }
}
