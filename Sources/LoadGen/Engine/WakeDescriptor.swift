internal import CCurl

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A descriptor that becomes readable when another thread rings it: an eventfd on Linux, a pipe on macOS.
///
/// Ringing never blocks, and many rings before one `clear` are one. The owner must not ring after `close`; `Mailbox`
/// keeps that under its lock.
struct WakeDescriptor: Sendable {
  /// What the poller watches.
  let readEnd: Int32
  private let writeEnd: Int32

  /// Nil when the process has no descriptor left.
  init?() {
    #if os(Linux)
      readEnd = ccurl_eventfd()
      writeEnd = readEnd
      guard readEnd >= 0 else { return nil }
    #else
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { return nil }
      for end in ends {
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        _ = fcntl(end, F_SETFL, O_NONBLOCK)
      }
      readEnd = ends[0]
      writeEnd = ends[1]
    #endif
  }

  func ring() {
    var one: UInt64 = 1
    // A full pipe or counter means that a ring is already waiting.
    _ = write(writeEnd, &one, MemoryLayout<UInt64>.size)
  }

  func clear() {
    withUnsafeTemporaryAllocation(byteCount: 512, alignment: 8) { buffer in
      while read(readEnd, buffer.baseAddress, buffer.count) == buffer.count {}
    }
  }

  func closeEnds() {
    close(readEnd)
    if writeEnd != readEnd { close(writeEnd) }
  }
}
