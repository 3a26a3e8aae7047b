internal import Digest
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A body that is read from its file by every stream that sends it, over one descriptor for all of them: nobody holds it.
final class StreamedFile: Sendable {
  let path: String
  let length: Int64
  private let descriptor: Int32

  /// - Throws: `usage` when the file cannot be opened any more.
  init(path: String, length: Int64) throws(ToolFailure) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw .usage("\(OptionText.shown(path)): cannot be read: \(String(cString: strerror(errno)))")
    }
    self.path = path
    self.length = length
  }

  deinit { close(descriptor) }

  /// Reads at most what is left of `length` at `offset`. Zero where the file has become shorter, -1 where it cannot be read.
  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let wanted = min(buffer.count, Int(clamping: max(0, length &- offset)))
    guard wanted > 0 else { return 0 }
    while true {
      let count = pread(descriptor, buffer.baseAddress, wanted, off_t(offset))
      guard count < 0, errno == EINTR else { return count }
    }
  }

  /// SHA-256 in hexadecimal digits, of one pass over the file.
  /// - Throws: `usage` when it cannot be read to its end.
  func hash() throws(ToolFailure) -> String {
    var hasher = SHA256()
    var offset: Int64 = 0
    var chunk = [UInt8](repeating: 0, count: 256 * 1024)
    while offset < length {
      let count = chunk.withUnsafeMutableBytes { read(at: offset, into: $0) }
      guard count > 0 else { throw .usage(shrunk(at: offset)) }
      chunk.withUnsafeBytes { hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      offset &+= Int64(count)
    }
    return ByteText.hexadecimal(hasher.finalize())
  }

  /// What to say when the file ends before its length.
  func shrunk(at offset: Int64) -> String {
    "the body's file \(OptionText.shown(path)) was \(length) bytes long and cannot be read beyond \(offset) now:"
      + " it changed during the run"
  }
}
