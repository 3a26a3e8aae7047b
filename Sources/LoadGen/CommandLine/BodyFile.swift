internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads files that are named on the command line. A small body is held once for all lanes; a larger one stays in its file,
/// which each stream reads as it sends.
enum BodyFile {
  /// Larger bodies are not held.
  static let heldBytes: Int64 = 1 << 20

  /// - Parameter mayHold: false leaves even a small body in its file.
  static func content(_ path: String, option: String, mayHold: Bool = true) throws(ToolFailure) -> RequestContent {
    let descriptor = try opened(path, option)
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0 else { throw unreadable(path, option) }
    let length = Int64(facts.st_size)
    if facts.st_mode & S_IFMT == S_IFREG, length > heldBytes || !mayHold && length > 0 {
      return .file(path: path, length: length)
    }
    // A pipe or a device has no length, and cannot be read again by the next stream.
    return .bytes(try readAll(descriptor, path, option, limit: Int(heldBytes)))
  }

  /// A whole file.
  static func read(_ path: String, option: String, limit: Int = 256 << 20) throws(ToolFailure) -> [UInt8] {
    let descriptor = try opened(path, option)
    defer { close(descriptor) }
    return try readAll(descriptor, path, option, limit: limit)
  }

  private static func opened(_ path: String, _ option: String) throws(ToolFailure) -> Int32 {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, option) }
    return descriptor
  }

  private static func readAll(
    _ descriptor: Int32, _ path: String, _ option: String, limit: Int
  ) throws(ToolFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, option) }
      if count == 0 { return bytes }
      guard bytes.count + count <= limit else {
        throw OptionText.refusal(
          option, path,
          "larger than \(HumanText.exactSize(Int64(limit))), the most that is held in memory; save it to a file")
      }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  private static func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(descriptor, buffer.baseAddress, buffer.count)
    #endif
  }

  private static func unreadable(_ path: String, _ option: String) -> ToolFailure {
    OptionText.refusal(option, path, "cannot be read: \(String(cString: strerror(errno)))")
  }
}
