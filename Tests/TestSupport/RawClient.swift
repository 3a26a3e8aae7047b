import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A TCP client that shows what really came over the wire: every byte, and how the connection ended.
///
/// Blocking, with a deadline on every wait. Run it on a thread of its own (`RawClient.run`): a blocked thread of the
/// cooperative pool would hold up the other tests.
public final class RawClient: @unchecked Sendable {
  // @unchecked: the descriptor never changes, and one thread at a time uses a client.

  public enum End: Equatable, Sendable {
    case fin
    case reset
    /// Still open when the time was over or enough had been read.
    case open
  }

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
  }

  private let descriptor: Int32
  private var isClosed = false
  /// Read from the socket, but not yet returned.
  private var ahead: [UInt8] = []

  /// Connects to 127.0.0.1.
  public init(port: Int) throws {
    #if canImport(Darwin)
      descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #else
      descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #endif
    guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard status == 0 else {
      let code = errno
      closeNow()
      throw Failure(description: "connect to port \(port): \(code)")
    }
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    signal(SIGPIPE, SIG_IGN)
  }

  deinit { closeNow() }

  /// Runs blocking work on a thread of its own.
  public static func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      let started = PlainThread.detach(name: "raw-client") { continuation.resume(with: Result { try work() }) }
      if !started { continuation.resume(throwing: Failure(description: "no thread")) }
    }
  }

  public func send(_ text: String) throws { try send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) throws {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress.map { $0 + sent }, $0.count - sent) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "write: \(errno)") }
      sent += count
    }
  }

  /// FIN, while reading goes on.
  public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  public func closeNow() {
    guard !isClosed, descriptor >= 0 else { return }
    isClosed = true
    close(descriptor)
  }

  /// Everything up to the connection's end, or until `limit` bytes or `seconds` without one are over.
  public func readToEnd(seconds: Double = 20, limit: Int = .max) -> (bytes: [UInt8], end: End) {
    var bytes = ahead
    ahead = []
    let deadline = Self.now() + seconds
    while bytes.count < limit {
      guard waitReadable(until: deadline) else { return (bytes, .open) }
      switch readSome(into: &bytes) {
      case .some(let end): return (bytes, end)
      case nil: continue
      }
    }
    return (bytes, .open)
  }

  /// Exactly `count` bytes, fewer if the connection ends or the time is over.
  public func read(_ count: Int, seconds: Double = 20) -> [UInt8] {
    var bytes = ahead
    ahead = []
    let deadline = Self.now() + seconds
    while bytes.count < count, waitReadable(until: deadline), readSome(into: &bytes) == nil {}
    if bytes.count > count {
      ahead = Array(bytes[count...])
      bytes.removeLast(bytes.count - count)
    }
    return bytes
  }

  /// Up to and including the first occurrence of `mark`, or as far as it goes.
  public func read(through mark: String, seconds: Double = 20) -> [UInt8] {
    let mark = Array(mark.utf8)
    var bytes = ahead
    ahead = []
    let deadline = Self.now() + seconds
    while true {
      if let end = Self.end(of: mark, in: bytes) {
        ahead = Array(bytes[end...])
        return Array(bytes[..<end])
      }
      guard waitReadable(until: deadline), readSome(into: &bytes) == nil else { return bytes }
    }
  }

  /// Reads to the connection's end and throws the bytes away. How many there were.
  public func drain(seconds: Double = 60) -> Int {
    var count = ahead.count
    let deadline = Self.now() + seconds
    var scratch: [UInt8] = []
    while waitReadable(until: deadline), readSome(into: &scratch) == nil {
      count += scratch.count
      scratch.removeAll(keepingCapacity: true)
    }
    return count
  }

  private static func end(of mark: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= mark.count else { return nil }
    for start in 0...(bytes.count - mark.count) where bytes[start..<start + mark.count].elementsEqual(mark) {
      return start + mark.count
    }
    return nil
  }

  /// Nil after bytes, or how the connection ended.
  private func readSome(into bytes: inout [UInt8]) -> End? {
    var buffer = [UInt8](repeating: 0, count: 256 * 1024)
    let count = buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
    if count > 0 {
      bytes += buffer[..<count]
      return nil
    }
    if count == 0 { return .fin }
    return errno == EINTR || errno == EAGAIN ? nil : .reset
  }

  private func waitReadable(until deadline: Double) -> Bool {
    while true {
      let left = deadline - Self.now()
      guard left > 0 else { return false }
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let ready = poll(&poller, 1, Int32(left * 1000) + 1)
      if ready > 0 { return true }
      if ready == 0 || errno != EINTR { return false }
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
