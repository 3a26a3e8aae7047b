internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads the request body of `-D FILE` and `-d @FILE`. Every lane sends the same copy, so it is kept in memory.
enum BodyFile {
  static let maximumBytes = 256 << 20

  static func read(_ path: String, option: String) throws(ToolFailure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, option) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while true {
      let count = chunk.withUnsafeMutableBytes { systemRead(descriptor, $0) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw unreadable(path, option) }
      if count == 0 { return bytes }
      guard bytes.count + count <= maximumBytes else {
        let limit = HumanText.exactSize(Int64(maximumBytes))
        throw OptionText.refusal(option, path, "larger than \(limit), the most a body may be")
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
