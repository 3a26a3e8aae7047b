internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

extension ReportFile {
  /// Puts the report under its name, whatever kind of file that is.
  ///
  /// In one step where that can be, see `replace`. Where no other file can take its place (one that is mounted by itself,
  /// a name that is too long for an ending, somebody else's file), it is written in place: what has been measured is worth
  /// more than what stood there. No room is the exception, since there would be none in place either.
  ///
  /// - Throws: `couldNotRun`, one line with the file and the system's reason. No temporary file is left behind.
  func save(_ text: String) throws(ToolFailure) {
    try refuseClosedStream()
    var facts = stat()
    let old = stat(path, &facts) == 0 ? facts : nil
    if let old, old.st_mode & S_IFMT != S_IFREG { return try writeInPlace(path, text, old) }
    let final = resolved()
    guard try !replace(final, text, old) else { return }
    try writeInPlace(final, text, old)
  }

  /// Writes a temporary file beside the report and renames it, so that a full disk leaves the old report or none, never
  /// half of one. False when it cannot be made to take the place of `old`: nothing has changed then.
  private func replace(_ final: String, _ text: String, _ old: stat?) throws(ToolFailure) -> Bool {
    let temporary = "\(final).\(getpid()).part"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return try impossible() }
    guard old.map({ takeOver($0, descriptor) }) ?? true else {
      close(descriptor)
      unlink(temporary)
      return false
    }
    do {
      try fillAndClose(descriptor, text)
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, final) != 0 else { return true }
    defer { unlink(temporary) }
    return try impossible()
  }

  /// The new file is as private as the old one and belongs to the same people. The mode comes last: a change of the owner
  /// takes bits of it away.
  private func takeOver(_ old: stat, _ descriptor: Int32) -> Bool {
    fchown(descriptor, old.st_uid, old.st_gid) == 0 && fchmod(descriptor, old.st_mode & 0o7777) == 0
  }

  /// False by `errno` when another way is worth a try.
  private func impossible() throws(ToolFailure) -> Bool {
    if [ENOSPC, EDQUOT, EFBIG].contains(errno) { throw notWritten() }
    return false
  }

  /// What was not there before is not left half written.
  private func writeInPlace(_ name: String, _ text: String, _ old: stat?) throws(ToolFailure) {
    let isRegular = old.map { $0.st_mode & S_IFMT == S_IFREG } ?? true
    let flags = isRegular ? O_CREAT | O_TRUNC : 0
    let descriptor = open(name, O_WRONLY | O_CLOEXEC | flags, 0o644)
    guard descriptor >= 0 else { throw notWritten() }
    do {
      try fillAndClose(descriptor, text)
    } catch {
      if old == nil { unlink(name) }
      throw error
    }
  }

  private func fillAndClose(_ descriptor: Int32, _ text: String) throws(ToolFailure) {
    guard Self.writeAll(descriptor, text) else {
      let failure = notWritten()
      close(descriptor)
      throw failure
    }
    // Some file systems say only now that there was no room.
    guard close(descriptor) == 0 else { throw notWritten() }
  }

  /// `-o /dev/stdout >&-`: the name leads to the /dev/null that keeps the number occupied.
  private func refuseClosedStream() throws(ToolFailure) {
    for (descriptor, name) in [(Int32(1), "stdout"), (2, "stderr")] {
      guard StandardStreams.closedAtStart.contains(descriptor) else { continue }
      if ["/dev/\(name)", "/dev/fd/\(descriptor)", "/proc/self/fd/\(descriptor)"].contains(path) {
        errno = EBADF
        throw notWritten()
      }
    }
  }

  /// Where links lead: the report replaces the file, not the link to it.
  func resolved() -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private func notWritten() -> ToolFailure {
    let reason = String(cString: strerror(errno))
    return ToolFailure(.couldNotRun, "\(option)\(OptionText.shown(path)): the report was not written: \(reason)")
  }
}
