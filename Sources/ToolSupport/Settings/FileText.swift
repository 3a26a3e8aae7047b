#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads a small text file whole, a pipe included (`--config <(…)`), and never waits for ever.
enum FileText {
  static let largest = 1_048_576

  /// Why a file could not be read, to be set behind its name.
  struct Unreadable: Error { var reason: String }

  static func read(_ path: String) throws(Unreadable) -> String {
    // A pipe without a writer would block `open` itself.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system() }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      try waitForBytes(descriptor)
      #if canImport(Glibc)
        let count = Glibc.read(descriptor, &chunk, chunk.count)
      #else
        let count = Darwin.read(descriptor, &chunk, chunk.count)
      #endif
      if count < 0 && (errno == EINTR || errno == EAGAIN) { continue }
      guard count >= 0 else { throw .system() }
      if count == 0 { break }
      bytes += chunk[..<count]
      guard bytes.count <= largest else { throw Unreadable(reason: "is larger than 1 MiB") }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable(reason: "is not UTF-8 text") }
    return text
  }

  private static func waitForBytes(_ descriptor: Int32) throws(Unreadable) {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    let ready = poll(&poller, 1, 10_000)
    if ready == 0 { throw Unreadable(reason: "sends nothing") }
    if ready < 0 && errno != EINTR { throw .system() }
  }
}

extension FileText.Unreadable {
  fileprivate static func system() -> Self { Self(reason: String(cString: strerror(errno))) }
}
