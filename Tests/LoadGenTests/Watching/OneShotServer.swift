import Synchronization
import Testing
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A server on 127.0.0.1 that reads one request head a connection, answers with the next of its texts and closes. After
/// the last text it refuses.
final class OneShotServer: Sendable {
  let port: Int
  private let seen = Mutex<[String]>([])

  var requests: [String] { seen.withLock { $0 } }

  init(answers: [String]) throws {
    #if canImport(Glibc)
      let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let listener = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    try #require(listener >= 0)
    _ = fcntl(listener, F_SETFD, FD_CLOEXEC)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, size) == 0 && listen(listener, 8) == 0 && getsockname(listener, address, &size) == 0
      }
    }
    try #require(status)
    port = Int(UInt16(bigEndian: address.sin_port))
    PlainThread.detach(name: "one-shot") { [self] in
      for answer in answers { serve(listener, answer) }
      close(listener)
    }
  }

  private func serve(_ listener: Int32, _ answer: String) {
    let connection = accept(listener, nil, nil)
    guard connection >= 0 else { return }
    defer { close(connection) }
    var head: [UInt8] = []
    var byte: UInt8 = 0
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8), read(connection, &byte, 1) == 1 { head.append(byte) }
    seen.withLock { $0.append(String(decoding: head, as: UTF8.self)) }
    let bytes = Array(answer.utf8)
    _ = write(connection, bytes, bytes.count)
  }
}
