#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where this process's executable is: tools look for each other beside it and start it again in another role.
public enum OwnExecutable {
  /// Its absolute path, links resolved; nil when the system does not say. On Linux a file that has been removed or replaced
  /// since is named with ` (deleted)` behind it (proc(5)); its folder is still right.
  public static var path: String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    #if canImport(Darwin)
      var size = UInt32(buffer.count)
      guard _NSGetExecutablePath(&buffer, &size) == 0 else { return nil }
      guard let resolved = realpath(buffer, nil) else { return nil }
      defer { free(resolved) }
      return String(cString: resolved)
    #else
      let count = readlink(link, &buffer, buffer.count - 1)
      guard count > 0 else { return nil }
      return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #endif
  }

  /// What starts it once more: its path or, where another file or none is there by now, the link that still leads to it.
  public static var startable: String? {
    #if canImport(Darwin)
      return path
    #else
      guard let path, access(path, X_OK) == 0 else { return link }
      return path
    #endif
  }

  #if !canImport(Darwin)
    private static let link = "/proc/self/exe"
  #endif
}
