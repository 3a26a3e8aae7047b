#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Descriptors 0, 1 and 2, which a parent may have closed (`gzload >&-`).
///
/// A free number there is handed to the next pipe or file that is opened, and lines meant for stderr would land in it: in
/// the pipe that carries signals each of their bytes is one more Ctrl-C.
public enum StandardStreams {
  /// Which of them were closed when this was first asked, as `ToolMain` does before anything else. They lead to /dev/null
  /// since; who must know whether what was written has arrived asks here.
  public static let closedAtStart: Set<Int32> = {
    var closed: Set<Int32> = []
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
      closed.insert(descriptor)
      occupy(descriptor)
    }
    return closed
  }()

  /// Inherited by children like any other stderr: not close-on-exec.
  private static func occupy(_ descriptor: Int32) {
    let opened = open("/dev/null", descriptor == 0 ? O_RDONLY : O_WRONLY)
    guard opened >= 0, opened != descriptor else { return }
    dup2(opened, descriptor)
    close(opened)
  }
}
