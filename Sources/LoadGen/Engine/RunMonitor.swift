internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Shows a running load to everybody who follows it: one snapshot ten times a second, made once for all of them, on a thread
/// of its own. Without observers there is no thread.
final class RunMonitor: Sendable {
  private let control: any LoadControl
  private let observers: [any RunObserver]
  private let stopped = Atomic<Bool>(false)
  private let thread = Mutex<PlainThread?>(nil)

  init(control: any LoadControl, observers: [any RunObserver]) {
    self.control = control
    self.observers = observers
  }

  func start() {
    guard !observers.isEmpty else { return }
    let started = PlainThread.start(name: "monitor") { [self] in
      while !stopped.load(ordering: .acquiring) {
        show()
        usleep(Self.interval)
      }
    }
    thread.withLock { $0 = started }
  }

  /// Shows the last state. Returns when nobody is called any more.
  func stop() {
    stopped.store(true, ordering: .releasing)
    guard let running = thread.withLock({ $0.take() }) else { return }
    running.join()
    show()
  }

  private func show() {
    let snapshot = control.snapshot()
    for observer in observers { observer.observe(snapshot) }
  }

  private static let interval: UInt32 = 100_000
}
