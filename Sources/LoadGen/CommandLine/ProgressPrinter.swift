internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Shows a running load on stderr: a bar redrawn at most ten times a second on a terminal, a plain line every five seconds
/// elsewhere. A thread of its own, so that the run never waits for a slow terminal; what has no room on stderr at once is not
/// shown, so that `stop` never waits for one either.
final class ProgressPrinter: Sendable {
  private let control: any LoadControl
  private let plan: LoadPlan
  private let terminal: TerminalFacts
  private let isInterrupted: @Sendable () -> Bool
  private let stopped = Atomic<Bool>(false)
  private let thread = Mutex<PlainThread?>(nil)

  /// - Parameter isInterrupted: whether a signal has asked for the end; running streams have `HeadlessRun.drain` then.
  init(
    control: any LoadControl, plan: LoadPlan, terminal: TerminalFacts, isInterrupted: @escaping @Sendable () -> Bool
  ) {
    self.control = control
    self.plan = plan
    self.terminal = terminal
    self.isInterrupted = isInterrupted
  }

  func start() {
    let started = PlainThread.start(name: "progress") { [self] in terminal.redraws ? redraw() : report() }
    thread.withLock { $0 = started }
  }

  /// Removes the bar. Returns when nothing more is written.
  func stop() {
    stopped.store(true, ordering: .releasing)
    thread.withLock { $0.take() }?.join()
  }

  private func redraw() {
    var meter = ProgressMeter(plan: plan)
    let limit = HeadlessRun.drain(plan).seconds
    while !stopped.load(ordering: .acquiring) {
      let snapshot = control.snapshot()
      if isInterrupted() { meter.interrupted(at: snapshot.elapsedSeconds, limit: limit) }
      let line = meter.bar(snapshot, width: terminal.width - 1)
      StandardError.offer("\r\(line)\u{1B}[K")
      usleep(Self.tick)
    }
    StandardError.offer("\r\u{1B}[K")
  }

  private func report() {
    var meter = ProgressMeter(plan: plan)
    var ticks = 0
    while !stopped.load(ordering: .acquiring) {
      usleep(Self.tick)
      ticks &+= 1
      if ticks % Self.ticksPerLine == 0, !stopped.load(ordering: .acquiring) {
        StandardError.offer(meter.line(control.snapshot()) + "\n")
      }
    }
  }

  private static let tick: UInt32 = 100_000
  private static let ticksPerLine = 50
}
