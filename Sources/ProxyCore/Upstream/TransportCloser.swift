internal import NIOCore

/// Stands below TLS and closes the socket itself. TLS's own close waits for the peer's goodbye, for seconds if it must: too
/// long for a request whose client has gone, and for a place among the connections that another request needs.
final class TransportCloser: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private var context: ChannelHandlerContext?

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
  func closeNow() { context?.close(promise: nil) }
}
