internal import NIOCore

/// A limit to what is waited for on a connection, set anew for each thing: the timer behind it is moved when it fires, and not with
/// every request. On the event loop; `end` must be called when the connection is gone.
final class Patience {
  private let loop: any EventLoop
  private let isOver: () -> Void
  private var deadline = NIODeadline.distantFuture
  private var timer: (task: Scheduled<Void>, due: NIODeadline)?

  init(_ loop: any EventLoop, isOver: @escaping () -> Void) {
    self.loop = loop
    self.isOver = isOver
  }

  /// From now on.
  func wait(_ limit: Duration) {
    deadline = .now() + TimeAmount(limit)
    guard timer.map({ $0.due > deadline }) ?? true else { return }
    timer?.task.cancel()
    schedule()
  }

  /// Nothing is waited for.
  func rest() { deadline = .distantFuture }

  func end() {
    rest()
    timer?.task.cancel()
    timer = nil
  }

  private func schedule() {
    let due = deadline
    let task = loop.assumeIsolated().scheduleTask(deadline: due) { [weak self] () -> Void in self?.fire() }
    timer = (task, due)
  }

  private func fire() {
    timer = nil
    guard deadline < .distantFuture else { return }
    guard deadline <= .now() else { return schedule() }
    rest()
    isOver()
  }
}
