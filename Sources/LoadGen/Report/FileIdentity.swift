#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Which file a name leads to, so that two spellings of one are seen to be one: `./x` and `x`, links, a folder that is not there
/// yet by its name alone.
enum FileIdentity: Hashable {
  case there(device: UInt64, number: UInt64)
  case notYet(folder: String, name: String)

  init(_ path: String) {
    var facts = stat()
    guard stat(path, &facts) != 0 else {
      self = Self.of(facts)
      return
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let resolved = realpath(folder, nil) else {
      self = .notYet(folder: folder, name: name)
      return
    }
    defer { free(resolved) }
    self = .notYet(folder: String(cString: resolved), name: name)
  }

  /// Of stdout, where it is a file; what goes to a pipe or a terminal is nobody else's.
  static func ofStandardOutput() -> FileIdentity? {
    var facts = stat()
    guard fstat(1, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return of(facts)
  }

  private static func of(_ facts: stat) -> FileIdentity {
    .there(device: UInt64(truncatingIfNeeded: facts.st_dev), number: UInt64(truncatingIfNeeded: facts.st_ino))
  }
}
