#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where this process's executable is.
enum OwnExecutable {
  /// Nil when the system does not say.
  static var path: String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    #if canImport(Darwin)
      var size = UInt32(buffer.count)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
      return text(buffer)
    #else
      let link = "/proc/self/exe"
      guard readlink(link, &buffer, buffer.count - 1) > 0, access(buffer, X_OK) == 0 else {
        // The file has gone or been replaced; the link itself still leads to it.
        return link
      }
      return text(buffer)
    #endif
  }

  private static func text(_ buffer: [CChar]) -> String? {
    buffer.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }
  }
}
