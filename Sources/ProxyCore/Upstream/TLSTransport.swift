internal import NIOCore

/// Stands below TLS, where the records still are, and where the socket can be closed as such.
///
/// TLS's own close waits for the peer's goodbye, for seconds if it must: too long for a request whose client has gone, and
/// for a place among the connections that another request needs.
final class TLSTransport: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  private var context: ChannelHandlerContext?
  private var records = TLSRecordTracker()

  /// False while half a record waits inside TLS for its rest.
  var isBetweenRecords: Bool { records.isBetweenRecords }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }
  func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    bytes.withUnsafeReadableBytes { records.receive($0) }
    context.fireChannelRead(data)
  }

  func closeNow() { context?.close(promise: nil) }
}
