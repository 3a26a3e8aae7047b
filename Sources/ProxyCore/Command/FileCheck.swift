internal import NIOSSL
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Looks, without changing anything, whether the files that a configuration names can be used.
enum FileCheck {
  static func run(_ configuration: ProxyConfiguration) throws(ToolFailure) {
    if let path = configuration.certificateAuthorities { try certificates(path) }
    if case .file(let path) = configuration.accessLog.destination { try appendable(path) }
  }

  private static func certificates(_ path: String) throws(ToolFailure) {
    guard access(path, R_OK) == 0 else { throw .usage("--cacert", "\(path): \(String(cString: strerror(errno)))") }
    guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
      throw .usage("--cacert", "\(path): holds no certificate; it must be a file of PEM certificates")
    }
  }

  private static func appendable(_ path: String) throws(ToolFailure) {
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT != S_IFDIR else {
        throw .usage("--access-log-file", "\(path): is a folder; name a file in it")
      }
      guard access(path, W_OK) == 0 else { throw unwritable(path, path) }
      return
    }
    guard errno == ENOENT else { throw unwritable(path, path) }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    guard access(folder, W_OK | X_OK) == 0 else { throw unwritable(path, folder) }
  }

  private static func unwritable(_ path: String, _ place: String) -> ToolFailure {
    let reason = String(cString: strerror(errno))
    return .usage("--access-log-file", "\(path): cannot write to \(place): \(reason)")
  }
}
