internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A runtime's process and whatever it starts: a process group of its own.
///
/// Guarantees: it never becomes a zombie, its group is killed when it ends, when it is told to, and when gzlambda ends in any way
/// (`Guardian`). Its standard output and error are gzlambda's standard error; it inherits no other descriptor.
///
/// The process is reaped by `reap`, after `ended` was called: until then its number cannot be another's, and signals are safe.
final class RuntimeProcess: Sendable {
  enum Status: Equatable, Sendable {
    case exited(Int32)
    case killed(Int32)

    /// In the words of Lambda's log.
    var description: String {
      switch self {
      case .exited(let code): "exit status \(code)"
      case .killed(SIGKILL): "signal: killed"
      case .killed(SIGTERM): "signal: terminated"
      case .killed(SIGSEGV): "signal: segmentation fault"
      case .killed(SIGABRT): "signal: aborted"
      case .killed(let number): "signal: \(number)"
      }
    }
  }

  let pid: Int32
  private let isReaped = Mutex(false)
  /// All that live: ended with the process, whoever ends it.
  private static let living = Mutex<Set<Int32>>([])

  private init(pid: Int32) { self.pid = pid }

  /// - Parameter ended: called once, on a thread of its own.
  /// - Throws: `couldNotRun` when the system does not start it.
  static func start(
    _ command: [String], environment: [String], ended: @escaping @Sendable (RuntimeProcess) -> Void
  ) throws(ToolFailure) -> RuntimeProcess {
    guard let executable = command.first else { throw ToolFailure(.couldNotRun, "no runtime to start") }
    try Guardian.start()
    var actions = SpawnActions()
    defer { actions.destroy() }
    actions.open(0, "/dev/null", O_RDONLY)
    actions.duplicate(2, to: 1)
    actions.closeEverything(from: 3)
    let (status, pid) = actions.spawn(executable: executable, arguments: command, environment: environment)
    guard status == 0 else {
      throw ToolFailure(.couldNotRun, "cannot start \(executable): \(String(cString: strerror(status)))")
    }
    living.withLock { _ = $0.insert(pid) }
    Guardian.watch(pid)
    let process = RuntimeProcess(pid: pid)
    let waits = PlainThread.detach(name: "runtime-wait") {
      waitForEnd(pid)
      ended(process)
    }
    guard waits else {
      kill(-pid, SIGKILL)
      waitForEnd(pid)
      _ = process.reap()
      throw ToolFailure(.couldNotRun, "cannot start \(executable): no thread to wait for it")
    }
    return process
  }

  /// To the whole group. Nothing once it is reaped.
  func signal(_ number: Int32) {
    isReaped.withLock { isReaped in
      if !isReaped { kill(-pid, number) }
    }
  }

  /// What it left running is killed, its number given back.
  func reap() -> Status {
    isReaped.withLock { isReaped in
      kill(-pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0, errno == EINTR {}
      isReaped = true
      Self.living.withLock { _ = $0.remove(pid) }
      Guardian.forget(pid)
      let signal = status & 0x7F
      return signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal)
    }
  }

  /// For the end of gzlambda itself, on any thread.
  static func killAll() {
    for pid in living.withLock({ $0 }) { kill(-pid, SIGKILL) }
  }

  /// Leaves it to be reaped.
  private static func waitForEnd(_ pid: Int32) {
    var info = siginfo_t()
    while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
  }
}
