import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A raw connection to the live endpoints. Every wait is bounded.
final class LiveClient {
  private let descriptor: Int32
  private(set) var received: [UInt8] = []
  private(set) var isOver = false

  /// - Parameter window: of the receive buffer; small ones are soon full.
  init(port: Int, window: Int32? = nil) throws {
    #if canImport(Glibc)
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    if var window { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &window, socklen_t(MemoryLayout<Int32>.size)) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(clamping: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(status == 0)
  }

  deinit { close(descriptor) }

  var text: String { String(decoding: received, as: UTF8.self) }

  func send(_ text: String) {
    var text = text
    text.withUTF8 { _ = write(descriptor, $0.baseAddress, $0.count) }
  }

  func get(_ path: String) { send("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") }

  /// Reads until `isEnough`, the end, or ten seconds.
  @discardableResult
  func read(until isEnough: (LiveClient) -> Bool = { _ in false }) -> String {
    let limit = MonotonicClock.now() + 10_000_000_000
    var chunk = [UInt8](repeating: 0, count: 64 * 1024)
    while !isEnough(self), !isOver, MonotonicClock.now() < limit {
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 100) > 0 else { continue }
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0 { received += chunk[..<count] } else { isOver = true }
    }
    return text
  }

  /// The body of a chunked answer that has ended; nil when its chunks are not whole.
  var chunks: String? {
    guard let start = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    var rest = received[start.upperBound...]
    var body: [UInt8] = []
    while let line = rest.firstIndex(of: 13) {
      guard let size = Int(String(decoding: rest[..<line], as: UTF8.self), radix: 16) else { return nil }
      rest = rest[(line + 2)...]
      if size == 0 { return rest.elementsEqual([13, 10]) ? String(decoding: body, as: UTF8.self) : nil }
      guard rest.count >= size + 2 else { return nil }
      body += rest.prefix(size)
      rest = rest.dropFirst(size + 2)
    }
    return nil
  }
}
