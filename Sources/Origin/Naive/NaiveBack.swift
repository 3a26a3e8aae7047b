internal import NIOCore
internal import NIOHTTP1

/// The upstream's side: each piece of the body becomes a chunk, and no more is read while the client cannot take it.
final class NaiveBack: ChannelInboundHandler {
  typealias InboundIn = HTTPClientResponsePart

  private let front: NaiveFront
  private let method: HTTPMethod
  private enum State { case waiting, streaming, ended }
  private var state = State.waiting
  private var hasBody = false

  init(front: NaiveFront, method: HTTPMethod) {
    self.front = front
    self.method = method
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      // Interim responses are not passed on.
      guard head.status.code >= 200, state == .waiting else { return }
      state = .streaming
      hasBody = NaiveRules.hasBody(head.status, to: method)
      front.send(NaiveRules.response(head, hasBody: hasBody, keepAlive: front.keepsConnection))
    case .body(let bytes):
      guard state == .streaming, hasBody, bytes.readableBytes > 0 else { return }
      front.send(ByteBuffer(string: String(bytes.readableBytes, radix: 16) + "\r\n"))
      front.send(bytes)
      front.send(ByteBuffer(string: "\r\n"))
    case .end:
      guard state == .streaming else { return }
      state = .ended
      if hasBody { front.send(ByteBuffer(string: NaiveRules.lastChunk)) }
      front.finished()
      context.close(promise: nil)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    guard state != .ended else { return }
    front.flush()
    if front.canWrite, context.channel.isActive { context.read() }
  }

  func channelInactive(context: ChannelHandlerContext) { end() }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end()
    context.close(promise: nil)
  }

  private func end() {
    let before = state
    state = .ended
    switch before {
    case .waiting: front.failed("the upstream ended before its response began\n")
    case .streaming: front.broken()
    case .ended: break
    }
  }
}

@available(*, unavailable)
extension NaiveBack: Sendable {}
