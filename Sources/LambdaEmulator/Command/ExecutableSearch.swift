internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Which file a command's first word means: posix_spawn takes a path, and a typing error is to be told at once.
enum ExecutableSearch {
  /// A word without a slash is looked for in PATH, as a shell does.
  static func find(_ name: String) throws(ToolFailure) -> String {
    guard !name.contains("/") else {
      try check(name)
      return name
    }
    let folders = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    for folder in folders.split(separator: ":", omittingEmptySubsequences: false) {
      let path = (folder.isEmpty ? "." : String(folder)) + "/" + name
      if isFile(path), access(path, X_OK) == 0 { return path }
    }
    throw .usage("\(name): no such command in PATH; a file here is named ./\(name)")
  }

  private static func check(_ path: String) throws(ToolFailure) {
    guard access(path, F_OK) == 0 else { throw .usage("\(path): \(String(cString: strerror(errno)))") }
    guard isFile(path) else { throw .usage("\(path): is no file that can be started") }
    guard access(path, X_OK) == 0 else { throw .usage("\(path): is not executable; chmod +x \(path)") }
  }

  private static func isFile(_ path: String) -> Bool {
    var facts = stat()
    return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG
  }
}
