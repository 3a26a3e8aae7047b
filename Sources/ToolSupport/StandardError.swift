#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Unbuffered writes to descriptor 2 that never wait for a reader for ever: a pipe that nobody empties, or a terminal held
/// by Ctrl-S, must not keep a tool from its work or from its end. Failures are ignored: there is nowhere left to report them.
///
/// Costs an open and a close a call on a pipe or a terminal, see `nonblockingTwin`: for lines, not for streams of data.
public enum StandardError {
  /// For what may be lost, such as progress: written when there is room for it now, dropped otherwise.
  public static func offer(_ text: String) {
    var text = text
    text.withUTF8 { _ = attempt(UnsafeRawBufferPointer($0)) }
  }

  /// For last words: waits for room, and gives up after a second without any.
  public static func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      var waited = 0
      while rest.count > 0, waited < waits {
        guard let count = attempt(rest) else { return }
        if count == 0 {
          waited += 1
          usleep(wait)
        } else {
          waited = 0
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
      }
    }
  }

  /// How much went out without waiting; nil when nothing ever will.
  private static func attempt(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, hasRoom() else { return 0 }
    var facts = stat()
    guard fstat(2, &facts) == 0 else { return nil }
    let twin = nonblockingTwin(facts)
    defer { if twin >= 0 { close(twin) } }
    // A file always has room. For the rest poll promises at least PIPE_BUF (512), which two threads may find at once.
    let whole = twin >= 0 || facts.st_mode & S_IFMT == S_IFREG
    let size = whole ? bytes.count : min(bytes.count, 256)
    #if canImport(Glibc)
      let count = Glibc.write(twin >= 0 ? twin : 2, base, size)
    #else
      let count = Darwin.write(twin >= 0 ? twin : 2, base, size)
    #endif
    if count < 0 { return errno == EAGAIN || errno == EINTR ? 0 : nil }
    return count
  }

  /// True as well when a write would fail at once.
  private static func hasRoom() -> Bool {
    var poller = pollfd(fd: 2, events: Int16(POLLOUT), revents: 0)
    return poll(&poller, 1, 0) > 0
  }

  /// What descriptor 2 leads to, opened again so that a write cannot block; negative where that is not possible.
  ///
  /// Room that poll has seen may be taken by another process before the write, and a terminal says "room" for one byte.
  /// O_NONBLOCK on descriptor 2 itself would change it for everybody who shares it, the shell included. A file has an
  /// offset of its own when it is opened again, so that one is left alone.
  private static func nonblockingTwin(_ facts: stat) -> Int32 {
    #if os(Linux)
      guard facts.st_mode & S_IFMT == S_IFIFO || isatty(2) == 1 else { return -1 }
      return open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    #else
      return -1
    #endif
  }

  private static let wait: UInt32 = 10_000
  private static let waits = 100
}
