internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The file of a report: whether it can be made is asked before a run (here), and it is written after it
/// (`ReportFile+Saving`).
struct ReportFile {
  let path: String
  /// What the file was named with, up to the name: for messages.
  var option = "-o "

  /// Whether the file can be made, asked before a run of an hour and not after it.
  func check() throws(ToolFailure) {
    guard !path.isEmpty else { throw .usage("\(option)'': no file name") }
    var facts = stat()
    if stat(path, &facts) == 0 {
      guard facts.st_mode & S_IFMT != S_IFDIR else {
        throw .usage("\(option)\(shown): is a directory; name a file in it")
      }
      guard access(path, W_OK) == 0 else { throw unusable() }
      guard isRegular(facts) else { return }
    }
    guard access(folder(of: resolved()), W_OK | X_OK) == 0 else { throw unusable() }
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

  private func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private func isRegular(_ facts: stat) -> Bool { facts.st_mode & S_IFMT == S_IFREG }
  private var shown: String { OptionText.shown(path) }
  private func unusable() -> ToolFailure {
    .usage("\(option)\(shown): cannot be written: \(String(cString: strerror(errno)))")
  }
}
