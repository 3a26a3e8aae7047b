internal import NIOCore

/// One worker's connection to the Runtime API. It passes answers and its end on and decides nothing.
///
/// Confined to its event loop.
final class RuntimeConnection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  let port = ChannelPort()
  private weak var worker: LambdaWorker?
  private var reader = RuntimeReplyReader()
  private var bytes = ByteBuffer()
  private var isReading = false
  private var hasFailed = false

  init(worker: LambdaWorker) {
    self.worker = worker
    port.onWritable = { [weak worker] in worker?.canTakeMore() }
  }

  func send(_ message: ByteBuffer) {
    port.send(message)
    port.flush()
  }

  /// Ends it at once. Nobody is told of it.
  func reset() {
    worker = nil
    port.reset()
  }

  /// Ends it after everything written has gone out: a plain close would reset a connection on which something waits, and
  /// a reset destroys what the other side has not read. An upload without its last chunk is seen to be cut all the same.
  /// Nobody is told of its end.
  func retire(on eventLoop: any EventLoop) {
    worker = nil
    port.refresh()
    port.closeOutput()
    guard port.isOpen else { return }
    let bound = NIOLoopBound(port, eventLoop: eventLoop)
    eventLoop.scheduleTask(in: TimeAmount(LambdaSettings.linger)) { bound.value.reset() }
  }

  // MARK: ChannelInboundHandler

  func handlerAdded(context: ChannelHandlerContext) { port.open(context) }
  func handlerRemoved(context: ChannelHandlerContext) { gone() }
  func channelInactive(context: ChannelHandlerContext) { gone() }
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    hasFailed = true
    context.close(promise: nil)
  }
  func channelWritabilityChanged(context: ChannelHandlerContext) { port.writabilityChanged() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard worker != nil else { return }
    var read = unwrapInboundIn(data)
    if bytes.readableBytes == 0 { bytes = read } else { bytes.writeBuffer(&read) }
    takeReplies()
  }

  private func takeReplies() {
    guard !isReading else { return }
    isReading = true
    defer { isReading = false }
    while worker != nil, bytes.readableBytes > 0 {
      switch reader.read(&bytes) {
      case .more:
        if bytes.readableBytes == 0 { bytes = ByteBuffer() }
        return
      case .fault:
        worker?.garbled(self)
        return
      case .reply(var reply):
        // What follows an answer that was the last one asked for must not be taken for the next one.
        if bytes.readableBytes > 0 { reply.persists = false }
        bytes = ByteBuffer()
        worker?.received(reply, from: self)
      }
    }
  }

  private func gone() {
    guard port.isOpen else { return }
    port.closed()
    let worker = worker
    self.worker = nil
    if !hasFailed, case .reply(let reply) = reader.finish() { worker?.received(reply, from: self) }
    worker?.disconnected(self)
  }
}
