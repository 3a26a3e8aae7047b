internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Writes a report under its final name in one step: to a temporary file beside it, then renamed, so that a full disk
/// leaves the old report or none, never half of one. What is not a regular file (`/dev/stderr`, a FIFO) is written in place.
struct ReportFile {
  let path: String

  /// Whether the file can be made, asked before a run of an hour and not after it.
  func check() throws(ToolFailure) {
    guard !path.isEmpty else { throw .usage("-o '': no file name") }
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT != S_IFDIR else { throw .usage("-o \(shown): is a directory; name a file in it") }
      guard access(path, W_OK) == 0 else { throw unusable() }
      guard isRegular(facts) else { return }
    }
    guard access(folder(of: destination()), W_OK | X_OK) == 0 else { throw unusable() }
  }

  /// - Throws: `couldNotRun`, one line with the file and the system's reason.
  func write(_ text: String) throws(ToolFailure) {
    var facts = stat()
    if stat(path, &facts) == 0, !isRegular(facts) {
      try fill(path, flags: O_WRONLY, text)
      return
    }
    let final = destination()
    let temporary = "\(final).\(getpid()).part"
    do {
      try fill(temporary, flags: O_WRONLY | O_CREAT | O_TRUNC, text)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, final) == 0 else {
      let failure = failed()
      unlink(temporary)
      throw failure
    }
  }

  private func fill(_ name: String, flags: Int32, _ text: String) throws(ToolFailure) {
    let descriptor = open(name, flags | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failed() }
    guard Self.writeAll(descriptor, text) else {
      let failure = failed()
      close(descriptor)
      throw failure
    }
    // Some file systems say only now that there was no room.
    guard close(descriptor) == 0 else { throw failed() }
  }

  /// False with `errno` set when not everything could be written.
  static func writeAll(_ descriptor: Int32, _ text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while let base = rest.baseAddress, rest.count > 0 {
        #if canImport(Glibc)
          let count = Glibc.write(descriptor, base, rest.count)
        #else
          let count = Darwin.write(descriptor, base, rest.count)
        #endif
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      }
      return true
    }
  }

  /// Where links lead: the report replaces the file, not the link to it.
  private func destination() -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func isRegular(_ facts: stat) -> Bool { facts.st_mode & S_IFMT == S_IFREG }
  private var shown: String { OptionText.shown(path) }
  private func unusable() -> ToolFailure {
    .usage("-o \(shown): cannot be written: \(String(cString: strerror(errno)))")
  }
  private func failed() -> ToolFailure {
    ToolFailure(.couldNotRun, "-o \(shown): the report was not written: \(String(cString: strerror(errno)))")
  }
}
