import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A FIFO that is filled to the last byte and whose reader is there and reads nothing: who writes to it waits for ever.
struct FullPipe {
  let path: String
  private let descriptor: Int32

  init(in folder: TemporaryFolder) throws {
    path = "\(folder.path)/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    // Both ends in one, so that neither open nor the end of a writer changes anything.
    descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    try #require(descriptor >= 0)
    for size in [4096, 1] {
      let bytes = [UInt8](repeating: 0, count: size)
      while bytes.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) > 0 {}
    }
  }

  func closeEnds() { close(descriptor) }
}
