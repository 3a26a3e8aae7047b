internal import NIOCore

/// The end of a connection on which something may still wait to be sent: FIN behind the last byte, then a while in which what
/// the other side still says is read and dropped. Closing at once with unread bytes would make the kernel send RST and take
/// back what is on its way. On the event loop.
///
/// The while begins when the last byte is the kernel's, so that a slow reader gets all of it; a reader that takes nothing is
/// given up after `sendLimit`. `cancel` must be called when the connection is gone.
struct PoliteEnd {
  /// For everything to be taken.
  static let sendLimit = TimeAmount.minutes(15)

  private final class Timer {
    var task: Scheduled<Void>?
  }
  private let timer = Timer()

  /// Whether bytes may still wait to be sent.
  private(set) var isSending: () -> Bool = { false }

  mutating func begin(_ context: ChannelHandlerContext, lingering limit: TimeAmount) {
    let loop = context.eventLoop.assumeIsolated()
    let channel = context.channel
    let sent = context.eventLoop.makePromise(of: Void.self)
    let timer = timer
    timer.task = loop.scheduleTask(in: Self.sendLimit) { channel.close(promise: nil) }
    var isSent = false
    isSending = { !isSent }
    sent.futureResult.assumeIsolated().whenComplete { _ in
      isSent = true
      guard timer.task != nil else { return }
      timer.task?.cancel()
      timer.task = loop.scheduleTask(in: limit) { channel.close(promise: nil) }
    }
    context.close(mode: .output, promise: sent)
  }

  /// The connection is gone.
  func cancel() {
    timer.task?.cancel()
    timer.task = nil
  }
}
