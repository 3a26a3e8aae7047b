#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What a tool was asked to print instead of working: help, its version, a script, its settings.
public enum StandardOutput {
  /// Writes all of it. A reader that went away has what it wanted: that is success.
  ///
  /// - Throws: `couldNotRun` when it did not arrive, such as on a full disk.
  public static func write(_ text: String) throws(ToolFailure) {
    guard !StandardStreams.closedAtStart.contains(1) else { throw failure(EBADF) }
    // What `print` may hold back comes first.
    guard fflush(nil) == 0 || errno == EPIPE else { throw failure(errno) }
    var text = text
    let reason = text.withUTF8 { bytes in writeAll(UnsafeRawBufferPointer(bytes)) }
    if let reason, reason != EPIPE { throw failure(reason) }
  }

  /// Nil when everything went out, else the system's number of the reason.
  private static func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int32? {
    var rest = bytes
    while let base = rest.baseAddress, rest.count > 0 {
      #if canImport(Glibc)
        let count = Glibc.write(1, base, rest.count)
      #else
        let count = Darwin.write(1, base, rest.count)
      #endif
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return errno }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
    return nil
  }

  private static func failure(_ reason: Int32) -> ToolFailure {
    ToolFailure(.couldNotRun, "stdout: the text was not written: \(String(cString: strerror(reason)))")
  }
}
