internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The one thread that writes the access log. It may wait for a disk or for the reader of a pipe; event loops never do,
/// they leave their lines in a bounded queue.
///
/// `close` must be called once; lines that come later are dropped.
final class AccessLogWriter: Sendable {
  /// What a shutdown gives the writer for the lines that wait.
  static let lastWords = Duration.seconds(1)

  private let queue = LineQueue()
  private let isDone = Atomic<Bool>(false)
  private let destination: AccessLogSettings.Destination

  /// - Throws: `ToolFailure` when the file cannot be opened, or no thread be had.
  init(_ destination: AccessLogSettings.Destination) throws {
    self.destination = destination
    let descriptor = try Self.open(destination)
    let started = PlainThread.detach(name: "access-log") { [self] in run(descriptor) }
    guard started else {
      Self.close(descriptor)
      throw ToolFailure(.couldNotRun, "the access log needs a thread, and the system has none left")
    }
  }

  var droppedLines: Int64 { queue.droppedLines }
  func append(_ line: [UInt8]) { queue.append(line) }

  /// Opens the file anew, after something has moved the old one away. Does nothing for stderr and stdout.
  func reopen() { queue.reopen() }

  /// Writes what waits, but for no longer than `limit`: a pipe that nobody reads must not keep the process.
  func close(within limit: Duration) async {
    queue.close()
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: limit)
    while !isDone.load(ordering: .acquiring), clock.now < deadline { try? await Task.sleep(for: .milliseconds(2)) }
  }

  // MARK: The thread

  private func run(_ opened: Int32) {
    var descriptor = opened
    var batch = LineQueue.Batch()
    var hasComplained = false
    while !batch.isLast {
      queue.next(&batch)
      if batch.reopens { reopen(&descriptor) }
      if !Self.write(batch.bytes, to: descriptor) {
        complain(&hasComplained, String(cString: strerror(errno)))
        queue.drop(batch.lines)
      }
    }
    Self.close(descriptor)
    isDone.store(true, ordering: .releasing)
  }

  private func reopen(_ descriptor: inout Int32) {
    do {
      let fresh = try Self.open(destination)
      Self.close(descriptor)
      descriptor = fresh
    } catch {
      StandardError.write("gzproxy: \(error); the access log goes on in the old file\n")
    }
  }

  /// Once: what is lost afterwards is counted.
  private func complain(_ hasComplained: inout Bool, _ reason: String) {
    guard case .file(let path) = destination, !hasComplained else { return }
    hasComplained = true
    StandardError.write("gzproxy: --access-log-file \(path): lines are lost: \(reason)\n")
  }

  private static func open(_ destination: AccessLogSettings.Destination) throws -> Int32 {
    switch destination {
    case .standardError: return 2
    case .standardOutput: return 1
    case .file(let path):
      // Without O_NONBLOCK a named pipe would keep us here until somebody reads it; the thread's writes may wait again.
      let flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK
      #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags, 0o640)
      #else
        let descriptor = Darwin.open(path, flags, 0o640)
      #endif
      guard descriptor >= 0 else {
        throw ToolFailure(.couldNotRun, "--access-log-file \(path): \(String(cString: strerror(errno)))")
      }
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
      return descriptor
    }
  }

  /// Standard streams are not ours to close.
  private static func close(_ descriptor: Int32) {
    guard descriptor > 2 else { return }
    #if canImport(Glibc)
      _ = Glibc.close(descriptor)
    #else
      _ = Darwin.close(descriptor)
    #endif
  }

  /// False when it failed, part of it perhaps written.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { space in
        guard let base = space.baseAddress else { return 0 }
        #if canImport(Glibc)
          return Glibc.write(descriptor, base + sent, space.count - sent)
        #else
          return Darwin.write(descriptor, base + sent, space.count - sent)
        #endif
      }
      if count > 0 { sent += count }
      if count == 0 || (count < 0 && !mayGoOn(descriptor)) { return false }
    }
    return true
  }

  /// After a failed write. A shared stderr may have been made non-blocking by somebody else.
  private static func mayGoOn(_ descriptor: Int32) -> Bool {
    if errno == EINTR { return true }
    guard errno == EAGAIN else { return false }
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&poller, 1, -1) >= 0 || errno == EINTR
  }
}
