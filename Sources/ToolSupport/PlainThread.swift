internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A POSIX thread. Foundation's costs 50 MB of binary; this is all that is needed of it.
///
/// Every signal is blocked in it, so that signals are handled on the main thread alone; but for those that a crash of the
/// thread itself raises, which would end the process without their handlers.
public final class PlainThread: Sendable {
  private let handle: Mutex<pthread_t?>

  private init(handle: pthread_t) { self.handle = Mutex(handle) }

  /// Runs `body` on a new joinable thread. Nil when the system refuses a thread.
  public static func start(name: String, _ body: @escaping @Sendable () -> Void) -> PlainThread? {
    spawn(name: name, body).map(PlainThread.init(handle:))
  }

  /// Runs `body` on a thread that nobody waits for. False when the system refuses a thread.
  @discardableResult
  public static func detach(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    guard let handle = spawn(name: name, body) else { return false }
    pthread_detach(handle)
    return true
  }

  /// Waits for the thread's end. Only the first call waits.
  public func join() {
    let taken = handle.withLock { handle in
      defer { handle = nil }
      return handle
    }
    if let taken { pthread_join(taken, nil) }
  }

  private static func spawn(name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t? {
    let box = Unmanaged.passRetained(ThreadBody(name: name, run: body))
    var everything = sigset_t()
    var previous = sigset_t()
    sigfillset(&everything)
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { sigdelset(&everything, number) }
    pthread_sigmask(SIG_SETMASK, &everything, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
    #if canImport(Darwin)
      var handle: pthread_t?
      let status = pthread_create(&handle, nil, threadEntry, box.toOpaque())
    #else
      var created = pthread_t()
      let status = pthread_create(&created, nil, threadEntry, box.toOpaque())
      let handle: pthread_t? = created
    #endif
    guard status == 0 else {
      box.release()
      return nil
    }
    return handle
  }
}

/// What a thread is made of, owned by the thread from the moment it exists.
private final class ThreadBody: Sendable {
  let name: String
  let run: @Sendable () -> Void
  init(name: String, run: @escaping @Sendable () -> Void) {
    self.name = name
    self.run = run
  }
}

// A function and not a closure inside `spawn`: the compiler of 6.3 crashes on that one.
#if canImport(Darwin)
  private func threadEntry(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
    pthread_setname_np(body.name)
    body.run()
    return nil
  }
#else
  private func threadEntry(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let body = Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue()
    nameThread(body.name)
    body.run()
    return nil
  }

  /// pthread_setname_np is not visible to Swift here; the kernel's own door is. A thread without a name is no failure.
  private func nameThread(_ name: String) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    var text = String(name.prefix(15))
    _ = text.withUTF8 { write(file, $0.baseAddress, $0.count) }
    close(file)
  }
#endif
