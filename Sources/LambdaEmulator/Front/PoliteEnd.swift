internal import NIOCore

/// The end of a connection on which something may still wait to be sent: FIN behind the last byte, then a while in which what
/// the other side still says is read and dropped. Closing at once with unread bytes would make the kernel send RST and take
/// back what is on its way. On the event loop.
///
/// The while begins when the last byte is the kernel's, so that a slow reader gets all of it; a reader that takes nothing is
/// given up after `sendLimit`. `cancel` must be called when the connection is gone.
final class PoliteEnd {
  /// For everything to be taken.
  static let sendLimit = TimeAmount.minutes(15)

  private var timer: Scheduled<Void>?
  /// Whether bytes may still wait to be sent.
  private(set) var isSending = false

  /// May end the connection before it returns.
  func begin(_ context: ChannelHandlerContext, lingering limit: TimeAmount) {
    let loop = context.eventLoop.assumeIsolated()
    let channel = context.channel
    let sent = context.eventLoop.makePromise(of: Void.self)
    isSending = true
    timer = loop.scheduleTask(in: Self.sendLimit) { channel.close(promise: nil) }
    sent.futureResult.assumeIsolated().whenComplete { [weak self] _ in
      guard let self, timer != nil else { return }
      isSending = false
      timer?.cancel()
      timer = loop.scheduleTask(in: limit) { channel.close(promise: nil) }
      // Not before: where the other side's FIN has been read, NIO ends both sides at once and drops what waits.
      channel.close(mode: .output, promise: nil)
    }
    // Sent when all before it is.
    context.writeAndFlush(NIOAny(ByteBuffer()), promise: sent)
  }

  /// The connection is gone.
  func cancel() {
    isSending = false
    timer?.cancel()
    timer = nil
  }
}
