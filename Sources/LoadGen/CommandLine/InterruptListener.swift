internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The write end of the pipe that carries signals out of their handler; -1 while nobody listens. A global, because a
/// signal handler has no context; atomic, because it may run on any thread.
private let signalPipe = Atomic<Int32>(-1)

/// Calls back on a thread of its own for the first and the second SIGINT, SIGTERM or SIGHUP. One per process.
///
/// The third is from somebody who wants out at any price: it ends the process here, where signals are read, so that it
/// depends on nothing that the run may be stuck in. A handler that writes to a pipe works whichever thread the signal lands
/// on, including those that the runtime started before us. The handlers stay until the process ends.
///
/// A signal that was ignored when the tool was started stays ignored: that is how `nohup` and a shell's background job say
/// whom it is not meant for.
final class InterruptListener: Sendable {
  private let seen = Atomic<Int>(0)

  /// Signals so far.
  var count: Int { seen.load(ordering: .acquiring) }

  /// - Parameter interrupted: called with 1, then 2; must not block.
  func start(_ interrupted: @escaping @Sendable (Int) -> Void) throws(ToolFailure) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      throw ToolFailure(.couldNotRun, "no pipe for signals: \(String(cString: strerror(errno)))")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // A full pipe must not block the handler.
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    signalPipe.store(ends[1], ordering: .sequentiallyConsistent)
    let reader = ends[0]
    PlainThread.detach(name: "signals") { [self] in
      var byte: UInt8 = 0
      while true {
        let got = read(reader, &byte, 1)
        if got < 0 && errno == EINTR { continue }
        guard got == 1 else { return }
        let number = seen.add(1, ordering: .acquiringAndReleasing).newValue
        guard number < Self.last else { _exit(ToolExit.interrupted.rawValue) }
        interrupted(number)
      }
    }
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { signal(number, handleSignal) }
  }

  private func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Darwin)
      let handler = action.__sigaction_u.__sa_handler
    #else
      let handler = action.__sigaction_handler.sa_handler
    #endif
    // Handlers are C functions, which Swift cannot compare; SIG_IGN is a number made to look like one.
    return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  private static let last = 3
}

/// Only what is safe in a signal handler: an atomic load and write(2), with errno put back.
private func handleSignal(_ number: Int32) {
  let saved = errno
  let descriptor = signalPipe.load(ordering: .sequentiallyConsistent)
  var byte: UInt8 = 1
  if descriptor >= 0 { _ = write(descriptor, &byte, 1) }
  errno = saved
}
