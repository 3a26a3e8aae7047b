import Foundation

/// Listens, lets the kernel accept, and never says a word.
final class SilentServer: Sendable {
  let port: Int
  private let descriptor: Int32

  init() throws {
    #if os(Linux)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let own = descriptor
    let bound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(own, pointer, length) == 0 && listen(own, 64) == 0 && getsockname(own, pointer, &length) == 0
      }
    }
    guard bound else { throw RunningServer.Failure(description: "no socket: errno \(errno)") }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  func stop() { close(descriptor) }
}
