internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A server for tests that says exactly the bytes it is told to, and nothing else: each accepted connection runs `script`
/// on a thread of its own. Blocking sockets, so that scripts read top to bottom.
///
/// Every wait is bounded by `SocketPeer.patience`. The listener closes with the object.
public final class ScriptedOrigin: Sendable {
  public let port: Int
  private let listener: Int32
  private let accepted = Atomic<Int>(0)
  private let requestLog = Mutex<[String]>([])

  /// Listens on 127.0.0.1 on a port of the system's choice.
  ///
  /// - Parameters:
  ///   - receiveBuffer: SO_RCVBUF of accepted connections, where a test needs it small.
  ///   - sendBuffer: SO_SNDBUF of accepted connections, likewise.
  public init(
    receiveBuffer: Int? = nil, sendBuffer: Int? = nil,
    _ script: @escaping @Sendable (SocketPeer, ScriptedOrigin) -> Void
  ) throws {
    let (listener, port) = try SocketPeer.listen(receiveBuffer: receiveBuffer, sendBuffer: sendBuffer)
    self.listener = listener
    self.port = port
    PlainThread.detach(name: "origin") { [weak self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        guard let origin = self else {
          close(descriptor)
          return
        }
        origin.accepted.add(1, ordering: .relaxed)
        let peer = SocketPeer(descriptor: descriptor)
        PlainThread.detach(name: "origin-peer") { script(peer, origin) }
      }
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  public var url: String { "http://127.0.0.1:\(port)" }
  /// How many connections were accepted so far.
  public var connections: Int { accepted.load(ordering: .relaxed) }
  /// What scripts noted, in order.
  public var requests: [String] { requestLog.withLock { $0 } }
  public func note(_ request: String) { requestLog.withLock { $0.append(request) } }

  /// Answers each request on each connection with the same bytes, until the client leaves.
  public static func answering(_ response: String) throws -> ScriptedOrigin {
    try ScriptedOrigin { peer, origin in
      while let head = peer.readHead() {
        origin.note(head)
        guard peer.write(response) else { return }
      }
    }
  }
}

/// One end of a TCP connection with blocking, bounded calls; for both sides of a test. Closes with the object.
public final class SocketPeer: Sendable {
  /// The longest that any read or write waits.
  public static let patience = 10

  /// How a connection ended, as a reader sees it.
  public enum End: Equatable, Sendable { case fin, reset, timeout }

  private let descriptor: Int32
  private let pending = Mutex<[UInt8]>([])
  private let isClosed = Mutex(false)

  init(descriptor: Int32) {
    self.descriptor = descriptor
    var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    var one: Int32 = 1
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close() }

  public struct Failure: Error, Sendable { let what: String }

  /// Connects to 127.0.0.1.
  public static func connect(port: Int, receiveBuffer: Int? = nil) throws -> SocketPeer {
    let descriptor = newSocket()
    if let receiveBuffer { setBuffer(descriptor, receiveBuffer) }
    var address = loopback(port)
    let status = withSocketAddress(&address) { pointer, size in
      systemConnect(descriptor, pointer, size)
    }
    guard status == 0 else { throw Failure(what: "connect: errno \(errno)") }
    return SocketPeer(descriptor: descriptor)
  }

  /// A descriptor, and whether it was connected within that time. The caller closes it.
  static func tryConnecting(port: Int, milliseconds: Int32) -> (descriptor: Int32, connected: Bool) {
    let descriptor = newSocket()
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    var address = loopback(port)
    let status = withSocketAddress(&address) { systemConnect(descriptor, $0, $1) }
    if status == 0 { return (descriptor, true) }
    var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return (descriptor, poll(&poller, 1, milliseconds) > 0)
  }

  static func listen(
    receiveBuffer: Int?, sendBuffer: Int? = nil, backlog: Int32? = 512
  ) throws -> (descriptor: Int32, port: Int) {
    let descriptor = newSocket()
    if let receiveBuffer { setBuffer(descriptor, receiveBuffer) }
    if let sendBuffer { setBuffer(descriptor, sendBuffer, SO_SNDBUF) }
    var address = loopback(0)
    let bound = withSocketAddress(&address) { bind(descriptor, $0, $1) }
    // Without a backlog the port is taken, but nobody listens.
    guard bound == 0, backlog.map({ systemListen(descriptor, $0) == 0 }) ?? true else {
      throw Failure(what: "listen: errno \(errno)")
    }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
    }
    guard named == 0 else { throw Failure(what: "getsockname: errno \(errno)") }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// False when the other side is gone.
  @discardableResult
  public func write(_ text: String) -> Bool { write(Array(text.utf8)) }

  @discardableResult
  public func write(_ bytes: [UInt8]) -> Bool { writeSome(bytes) == bytes.count }

  /// How many bytes were taken before the other side went or would take no more.
  public func writeSome(_ bytes: [UInt8]) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(descriptor, $0.baseAddress?.advanced(by: sent), bytes.count - sent, noSignal)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      sent += count
    }
    return sent
  }

  /// Everything up to and with the empty line after a head; nil at the end.
  public func readHead() -> String? { readHeadBytes().map { String(decoding: $0, as: UTF8.self) } }

  /// The same, as it came.
  public func readHeadBytes() -> [UInt8]? {
    readUntil { bytes in
      guard bytes.count >= 4 else { return nil }
      for index in 3..<bytes.count
      where bytes[index] == 10 && bytes[index - 1] == 13 && bytes[index - 2] == 10 && bytes[index - 3] == 13 {
        return index + 1
      }
      return nil
    }
  }

  /// Exactly that many bytes; nil when the end comes first.
  public func read(count: Int) -> [UInt8]? { readUntil { $0.count >= count ? count : nil } }

  /// What arrives until `mark` has been seen, mark included.
  public func read(through mark: String) -> String? {
    let mark = Array(mark.utf8)
    return readUntil { bytes in
      guard bytes.count >= mark.count else { return nil }
      for start in 0...(bytes.count - mark.count) where bytes[start..<(start + mark.count)].elementsEqual(mark) {
        return start + mark.count
      }
      return nil
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// Everything to the connection's end, and what that end was.
  public func readToEnd() -> (bytes: [UInt8], end: End) {
    var all = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    while true {
      switch receive() {
      case .success(let bytes): all += bytes
      case .failure(let end): return (all, end.end)
      }
    }
  }

  /// What one look at the socket brought.
  public enum Received: Sendable {
    case bytes([UInt8])
    case end(End)
  }

  /// The next bytes, at most `limit` of them, as soon as there are any.
  public func receive(upTo limit: Int) -> Received {
    let ahead = pending.withLock { pending -> [UInt8] in
      let taken = Array(pending.prefix(limit))
      pending.removeFirst(taken.count)
      return taken
    }
    guard ahead.isEmpty else { return .bytes(ahead) }
    switch receive(space: limit) {
    case .success(let bytes): return .bytes(bytes)
    case .failure(let ended): return .end(ended.end)
    }
  }

  /// Whether neither bytes nor an end are there to be read.
  public var isQuiet: Bool { pending.withLock { $0.isEmpty } && !wait(milliseconds: 0) }

  /// Writes the same bytes over and over, however long the other side takes none, until it is gone or `limit` seconds are
  /// over. How many bytes were taken.
  @discardableResult
  public func flood(_ bytes: [UInt8], limit seconds: Int) -> Int {
    var sent = 0
    var refusals = 0
    while refusals * Self.patience <= seconds {
      let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal) }
      if count > 0 {
        sent += count
      } else if count < 0, errno == EAGAIN || errno == EWOULDBLOCK {
        refusals += 1
      } else if errno != EINTR {
        break
      }
    }
    return sent
  }

  /// Writes the same bytes over and over until the other side has taken none for that long. How many were taken.
  @discardableResult
  public func fill(_ bytes: [UInt8], untilQuietFor milliseconds: Int32) -> Int {
    var sent = 0
    while true {
      var poller = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      guard poll(&poller, 1, milliseconds) > 0 else { return sent }
      let count = bytes.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, noSignal | Int32(MSG_DONTWAIT)) }
      if count > 0 { sent += count } else if errno != EINTR, errno != EAGAIN { return sent }
    }
  }

  /// Waits that long for bytes or an end; true when one is there.
  public func wait(milliseconds: Int32) -> Bool {
    var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&poller, 1, milliseconds) > 0
  }

  /// Takes nothing for that long, or until the connection breaks.
  public func rest(milliseconds: Int32) {
    var poller = pollfd(fd: descriptor, events: 0, revents: 0)
    _ = poll(&poller, 1, milliseconds)
  }

  /// FIN; reading goes on.
  public func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// RST.
  public func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    close()
  }

  public func close() {
    isClosed.withLock { closed in
      guard !closed else { return }
      closed = true
      systemClose(descriptor)
    }
  }

  private struct Ended: Error { let end: End }

  private func receive(space: Int = 65536) -> Result<[UInt8], Ended> {
    while true {
      var failure: Int32 = 0
      var count = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: space) { buffer, filled in
        count = recv(descriptor, buffer.baseAddress, space, 0)
        failure = errno
        filled = max(0, count)
      }
      if count > 0 { return .success(bytes) }
      if count == 0 { return .failure(Ended(end: .fin)) }
      if failure == EINTR { continue }
      return .failure(Ended(end: failure == EAGAIN || failure == EWOULDBLOCK ? .timeout : .reset))
    }
  }

  private func readUntil(_ enough: ([UInt8]) -> Int?) -> [UInt8]? {
    while true {
      let found = pending.withLock { pending -> [UInt8]? in
        guard let count = enough(pending) else { return nil }
        let taken = Array(pending[0..<count])
        pending.removeFirst(count)
        return taken
      }
      if let found { return found }
      guard case .success(let bytes) = receive() else { return nil }
      pending.withLock { $0 += bytes }
    }
  }
}

#if canImport(Glibc)
  private let noSignal = Int32(MSG_NOSIGNAL)
  private func newSocket() -> Int32 { socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0) }
  private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    Glibc.connect(descriptor, address, size)
  }
  private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { Glibc.listen(descriptor, backlog) }
  private func systemClose(_ descriptor: Int32) { _ = Glibc.close(descriptor) }
#else
  private let noSignal: Int32 = 0
  private func newSocket() -> Int32 {
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    var one: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, socklen_t(MemoryLayout<Int32>.size))
    return descriptor
  }
  private func systemConnect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    Darwin.connect(descriptor, address, size)
  }
  private func systemListen(_ descriptor: Int32, _ backlog: Int32) -> Int32 { Darwin.listen(descriptor, backlog) }
  private func systemClose(_ descriptor: Int32) { _ = Darwin.close(descriptor) }
#endif

private func setBuffer(_ descriptor: Int32, _ bytes: Int, _ option: Int32 = SO_RCVBUF) {
  var size = Int32(clamping: bytes)
  setsockopt(descriptor, SOL_SOCKET, option, &size, socklen_t(MemoryLayout<Int32>.size))
}

private func loopback(_ port: Int) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = UInt16(clamping: port).bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

private func withSocketAddress<R>(
  _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> R
) -> R {
  withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}
