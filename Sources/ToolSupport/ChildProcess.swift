internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A child started with posix_spawn (never fork: the parent has threads) that cannot outlive its parent.
///
/// The child gets a pipe as `--life-fd` whose other end only this object holds, see `ChildLink`; it inherits no
/// descriptor that `start` does not name. It leads its own process group, so that a Ctrl-C at the terminal reaches the
/// parent alone and the parent decides when the child ends.
public final class ChildProcess: Sendable {
  public enum ErrorOutput: Sendable {
    case inherit
    case null
    /// Appended to; created when missing.
    case file(String)
  }

  public let pid: Int32
  /// What messages call it: `gzproxy`.
  public let name: String

  private struct State {
    var life: Int32?
    var status: Int32?
  }
  private let state: Mutex<State>
  /// Held while a pipe is made close-on-exec and while a child is started: a child that began between the two would hold
  /// another's life pipe open.
  private static let spawning = Mutex(())

  private init(pid: Int32, name: String, life: Int32) {
    self.pid = pid
    self.name = name
    self.state = Mutex(State(life: life, status: nil))
  }

  deinit { end(within: .seconds(2)) }

  /// Starts a server child and waits until it says its port, and its admin listener's where it has one.
  ///
  /// - Parameters:
  ///   - operands: words that must stand behind all options.
  ///   - prefixes: variables of the environment that begin like this are not passed on.
  /// - Throws: `ToolFailure` with `couldNotRun` when it cannot be started, ends before it is ready, or is not ready in time.
  public static func startServer(
    executable: String, arguments: [String], operands: [String] = [], name: String, errors: ErrorOutput = .inherit,
    readyWithin limit: Duration = .seconds(10), dropping prefixes: [String] = []
  ) throws(ToolFailure) -> (child: ChildProcess, port: Int, adminPort: Int?) {
    let ready = try makePipe(name)
    let child: ChildProcess
    do {
      child = try start(
        executable: executable, arguments: arguments + ["--ready-fd", "3", "--life-fd", "4"] + operands, name: name,
        errors: errors, thirdDescriptor: ready.write, dropping: prefixes)
    } catch {
      close(ready.read)
      close(ready.write)
      throw error
    }
    close(ready.write)
    defer { close(ready.read) }
    guard let line = readLine(ready.read, within: limit) else {
      child.end(within: .zero)
      throw ToolFailure(.couldNotRun, "\(name) (\(executable)) was not ready in time")
    }
    let ports = line.split(separator: " ").map { Int($0) ?? 0 }
    guard let port = ports.first, ports.count <= 2, ports.allSatisfy((1...65535).contains) else {
      child.end(within: .seconds(1))
      throw ToolFailure(.couldNotRun, "\(name) (\(executable)) ended before it was ready")
    }
    return (child, port, ports.count > 1 ? ports[1] : nil)
  }

  /// Starts a child whose descriptor 3 is `thirdDescriptor` (or closed) and whose descriptor 4 is its end of the life pipe.
  /// Its standard input and output are /dev/null.
  public static func start(
    executable: String, arguments: [String], name: String, errors: ErrorOutput = .inherit,
    thirdDescriptor: Int32? = nil, dropping prefixes: [String] = []
  ) throws(ToolFailure) -> ChildProcess {
    let life = try makePipe(name)
    defer { close(life.read) }
    // Moved out of the way first: a source descriptor that is itself 3 or 4 would be overwritten by the other dup2.
    let third = thirdDescriptor.map { fcntl($0, F_DUPFD_CLOEXEC, 10) }
    let fourth = fcntl(life.read, F_DUPFD_CLOEXEC, 10)
    defer {
      if let third, third >= 0 { close(third) }
      if fourth >= 0 { close(fourth) }
    }

    var actions = SpawnActions()
    defer { actions.destroy() }
    actions.open(0, "/dev/null", O_RDONLY)
    actions.open(1, "/dev/null", O_WRONLY)
    switch errors {
    case .inherit: break
    case .null: actions.open(2, "/dev/null", O_WRONLY)
    case .file(let path): actions.open(2, path, O_WRONLY | O_CREAT | O_APPEND)
    }
    if let third { actions.duplicate(third, to: 3) } else { actions.close(3) }
    actions.duplicate(fourth, to: 4)
    // Not every library opens its sockets close-on-exec: a child that held a listening one would keep it open.
    actions.closeEverything(from: 5)

    let (status, pid) = spawning.withLock { _ in
      actions.spawn(executable: executable, arguments: [executable] + arguments, dropping: prefixes)
    }
    guard status == 0 else {
      close(life.write)
      throw ToolFailure(.couldNotRun, "cannot start \(name) (\(executable)): \(String(cString: strerror(status)))")
    }
    return ChildProcess(pid: pid, name: name, life: life.write)
  }

  /// Writes to the life pipe: only a child that was made to read it (the guardian) gets any. Short or failed writes are
  /// ignored.
  public func send(_ bytes: [UInt8]) {
    state.withLock { state in
      guard let life = state.life else { return }
      _ = bytes.withUnsafeBytes { write(life, $0.baseAddress, $0.count) }
    }
  }

  /// Our end of the life pipe, for a crash handler that must write to it without taking the lock; nil once it is closed.
  public var lifeDescriptor: Int32? { state.withLock { $0.life } }

  public var isRunning: Bool { reap(blocking: false) == nil }

  public func signal(_ number: Int32) {
    if isRunning { kill(pid, number) }
  }

  /// Closes the life pipe, gives the child `limit` to end by itself, then kills it. Returns when it is gone.
  public func end(within limit: Duration) {
    state.withLock { state in
      if let life = state.life { close(life) }
      state.life = nil
    }
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while reap(blocking: false) == nil {
      if clock.now >= deadline {
        kill(pid, SIGKILL)
        _ = reap(blocking: true)
        return
      }
      usleep(2_000)
    }
  }

  /// The wait status once the child has ended, nil while it runs. Reaps it the first time.
  private func reap(blocking: Bool) -> Int32? {
    state.withLock { state in
      if let status = state.status { return status }
      var status: Int32 = 0
      while true {
        let result = waitpid(pid, &status, blocking ? 0 : WNOHANG)
        if result == 0 { return nil }
        if result < 0 && errno == EINTR { continue }
        state.status = result == pid ? status : 0
        return state.status
      }
    }
  }

  private static func makePipe(_ name: String) throws(ToolFailure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    // pipe2 is not visible to Swift on Linux: two calls, hence the lock.
    let status = spawning.withLock { _ in
      let status = pipe(&ends)
      if status == 0 { for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) } }
      return status
    }
    guard status == 0 else {
      throw ToolFailure(.couldNotRun, "no pipe for \(name): \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
  }

  /// One line of at most 16 bytes; empty at the pipe's end, nil when the time is over.
  private static func readLine(_ descriptor: Int32, within limit: Duration) -> String? {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    var line = ""
    while line.utf8.count < 16 {
      let left = clock.now.duration(to: deadline)
      guard left > .zero else { return nil }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      let ready = poll(&poller, 1, Int32(clamping: milliseconds))
      if ready == 0 { return nil }
      if ready < 0 { continue }
      var byte: UInt8 = 0
      let count = read(descriptor, &byte, 1)
      if count < 0 && errno == EINTR { continue }
      guard count == 1 else { return "" }
      if byte == UInt8(ascii: "\n") { return line }
      line.unicodeScalars.append(Unicode.Scalar(byte))
    }
    return ""
  }
}
