internal import NIOCore
internal import ToolSupport

/// Two clocks: Lambda's, after which nobody waits for the response, and that of a Runtime API which takes nothing.
extension Invocation {
  /// Ends the invocation while that can still be told.
  ///
  /// - Parameter text: the moment at which Lambda ends it, in milliseconds since 1970.
  func schedule(_ text: String?) -> Scheduled<Void>? {
    guard let text, let milliseconds = Int64(text) else { return nil }
    let now = Int64(clamping: WallClock.milliseconds())
    // Some emulators name a moment long past, others one weeks ahead.
    let (left, overflows) = milliseconds.subtractingReportingOverflow(now)
    guard !overflows, left > 0, .milliseconds(left) < LambdaSettings.longestInvocation else { return nil }
    let time = Duration.milliseconds(left)
    let bound = NIOLoopBound(self, eventLoop: loop.eventLoop)
    return loop.eventLoop.scheduleTask(in: TimeAmount(time - min(settings.margin, time / 2))) {
      bound.value.timeIsOver()
    }
  }

  private func timeIsOver() {
    guard phase == .answering else { return }
    if let exchange { return exchange.fail(.invocationDeadline) }
    stopHello()
    abort(.invocationDeadline, reset: true)
  }

  func tick(_ now: NIODeadline) {
    if phase == .answering { exchange?.tick(now) }
    guard phase == .answering || phase == .sent else { return }
    port.refresh()
    progress.look(
      delivered: port.delivered, isIdle: phase == .answering && port.outbox.backlog == 0, at: now)
    let limit = phase == .sent ? LambdaSettings.replyLimit : loop.limits.clientWrite
    guard progress.at.isOlder(than: limit, at: now) else { return }
    exchange?.clientEnded(.clientWriteTimeout)
    worker.giveUp(self)
  }

  /// The Runtime API takes more again.
  func canTakeMore() {
    progress.note(loop.now)
    exchange?.clientCanTakeMore()
  }
}
