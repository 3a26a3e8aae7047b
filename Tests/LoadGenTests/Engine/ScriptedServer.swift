import Synchronization
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP/1 server that answers each request with the bytes, pauses and ends a test asks for.
///
/// Raw sockets on a free port of 127.0.0.1, one thread, one poll loop. It understands just enough of a request to find its
/// end: the head, and a body with Content-Length.
final class ScriptedServer: Sendable {
  struct Request: Sendable {
    /// From 0, in the order of acceptance.
    var connection: Int
    /// From 0, over all connections.
    var number: Int
    var method: String
    var path: String
    /// Lines as received, without the request line.
    var headers: [String]
    var body: [UInt8]

    /// The values of a field, in order.
    func values(_ name: String) -> [String] {
      headers.compactMap { line in
        guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == name.lowercased() else { return nil }
        return String(line[line.index(after: colon)...].drop { $0 == " " })
      }
    }
  }

  enum Step: Sendable {
    case send(String)
    case bytes([UInt8])
    case wait(milliseconds: Int)
    /// FIN.
    case close
    /// RST.
    case reset
    /// Nothing more, and the connection stays open.
    case hang
  }

  let port: Int
  private let listener: Int32
  private let bell: (read: Int32, write: Int32)
  private let script: @Sendable (Request) -> [Step]
  private let books = Mutex(Books())
  private let thread = Mutex<PlainThread?>(nil)

  private struct Books {
    var requests: [Request] = []
    var accepted = 0
    var open = 0
  }

  var requests: [Request] { books.withLock { $0.requests } }
  var requestCount: Int { books.withLock { $0.requests.count } }
  /// Connections ever accepted.
  var accepted: Int { books.withLock { $0.accepted } }
  var openConnections: Int { books.withLock { $0.open } }

  init(_ script: @escaping @Sendable (Request) -> [Step]) throws {
    self.script = script
    (listener, port) = try Self.listen()
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw ToolFailure(.couldNotRun, "no pipe for the test server") }
    bell = (ends[0], ends[1])
    let started = PlainThread.start(name: "scripted") { [self] in ScriptedLoop(self).run() }
    thread.withLock { $0 = started }
  }

  /// Ends the thread and every connection. Each test that makes a server stops it.
  func stop() {
    close(bell.write)
    thread.withLock { $0 }?.join()
    close(bell.read)
    close(listener)
  }

  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// A port on which nobody listens.
  static func refusedPort() throws -> Int {
    let (descriptor, port) = try listen()
    close(descriptor)
    return port
  }

  /// A port whose queue of connections is full: Linux drops what comes to it. `release` frees it.
  static func fullPort() throws -> (port: Int, release: () -> Void) {
    let (listener, port) = try listen(backlog: 0)
    let clients = (0..<4).map { _ in
      let client = socket(AF_INET, streamType, 0)
      _ = fcntl(client, F_SETFL, O_NONBLOCK)
      _ = withAddress(port: port) { connect(client, $0, $1) }
      return client
    }
    return (port, { for descriptor in clients + [listener] { close(descriptor) } })
  }

  #if canImport(Glibc)
    private static let streamType = Int32(SOCK_STREAM.rawValue)
  #else
    private static let streamType = SOCK_STREAM
  #endif

  private static func withAddress(port: Int, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
  }

  private static func listen(backlog: Int32 = 1024) throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, streamType, 0)
    var port = 0
    let status = withAddress(port: 0) { address, length in
      var length = length
      guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else { return -1 }
      port = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { Int(UInt16(bigEndian: $0.pointee.sin_port)) }
      #if canImport(Glibc)
        return Glibc.listen(descriptor, backlog)
      #else
        return Darwin.listen(descriptor, backlog)
      #endif
    }
    guard status == 0 else { throw ToolFailure(.couldNotRun, "the test server cannot listen") }
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    return (descriptor, port)
  }

  // What the loop needs of the server.
  fileprivate var descriptors: (listener: Int32, bell: Int32) { (listener, bell.read) }

  fileprivate func noteAccepted() -> Int {
    books.withLock { books in
      books.accepted += 1
      books.open += 1
      return books.accepted - 1
    }
  }

  fileprivate func noteClosed() { books.withLock { $0.open -= 1 } }

  fileprivate func answer(_ request: Request) -> [Step] {
    var request = request
    books.withLock { books in
      request.number = books.requests.count
      books.requests.append(request)
    }
    return script(request)
  }
}

/// The server's one thread.
private final class ScriptedLoop {
  private final class Connection {
    let descriptor: Int32
    let index: Int
    var input: [UInt8] = []
    var output: ArraySlice<UInt8> = []
    var steps: ArraySlice<ScriptedServer.Step> = []
    /// 0 is now, `.max` is never.
    var resumeAt: Int64 = 0
    var isOpen = true
    init(descriptor: Int32, index: Int) {
      self.descriptor = descriptor
      self.index = index
    }
  }

  private let server: ScriptedServer
  private var connections: [Connection] = []

  init(_ server: ScriptedServer) { self.server = server }

  func run() {
    let (listener, bell) = server.descriptors
    while true {
      var polled = [
        pollfd(fd: bell, events: Int16(POLLIN), revents: 0), pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
      ]
      for connection in connections {
        let events = connection.output.isEmpty ? POLLIN : POLLIN | POLLOUT
        polled.append(pollfd(fd: connection.descriptor, events: Int16(events), revents: 0))
      }
      _ = poll(&polled, nfds_t(polled.count), patience())
      if polled[0].revents != 0 { break }
      for (connection, state) in zip(connections, polled.dropFirst(2)) where state.revents != 0 { read(connection) }
      for connection in connections where connection.isOpen { advance(connection) }
      connections.removeAll { !$0.isOpen }
      if polled[1].revents != 0 { accept(listener) }
    }
    for connection in connections { end(connection) }
  }

  private func patience() -> Int32 {
    let now = Self.milliseconds()
    // A connection that does not wait was advanced as far as it goes; one whose time came meanwhile was not.
    let due = connections.map(\.resumeAt).filter { $0 != 0 && $0 != .max }.min()
    return due.map { Int32(clamping: max(0, $0 - now)) } ?? -1
  }

  private func accept(_ listener: Int32) {
    while true {
      #if canImport(Glibc)
        let descriptor = Glibc.accept(listener, nil, nil)
      #else
        let descriptor = Darwin.accept(listener, nil, nil)
      #endif
      guard descriptor >= 0 else { return }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      connections.append(Connection(descriptor: descriptor, index: server.noteAccepted()))
    }
  }

  private func read(_ connection: Connection) {
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(connection.descriptor, &buffer, buffer.count, 0)
      if count > 0 {
        connection.input.append(contentsOf: buffer[..<count])
      } else {
        if count == 0 || (errno != EAGAIN && errno != EINTR) { end(connection) }
        return
      }
    }
  }

  private func advance(_ connection: Connection) {
    while connection.isOpen {
      guard flush(connection), connection.resumeAt <= Self.milliseconds() else { return }
      connection.resumeAt = 0
      guard let step = connection.steps.popFirst() else {
        guard let request = takeRequest(connection) else { return }
        connection.steps = server.answer(request)[...]
        continue
      }
      switch step {
      case .send(let text): connection.output = Array(text.utf8)[...]
      case .bytes(let bytes): connection.output = bytes[...]
      case .wait(let milliseconds): connection.resumeAt = Self.milliseconds() + Int64(milliseconds)
      case .hang: connection.resumeAt = .max
      case .close: end(connection)
      case .reset:
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
        end(connection)
      }
    }
  }

  /// True when nothing is left to send.
  private func flush(_ connection: Connection) -> Bool {
    while !connection.output.isEmpty {
      #if canImport(Glibc)
        let flags = Int32(MSG_NOSIGNAL)
      #else
        let flags: Int32 = 0
      #endif
      let count = connection.output.withUnsafeBytes { send(connection.descriptor, $0.baseAddress, $0.count, flags) }
      guard count > 0 else {
        if errno != EAGAIN, errno != EINTR { end(connection) }
        return false
      }
      connection.output = connection.output.dropFirst(count)
    }
    return true
  }

  private func takeRequest(_ connection: Connection) -> ScriptedServer.Request? {
    guard let head = connection.input.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: connection.input[..<head.lowerBound], as: UTF8.self)
      .split(separator: "\r\n").map(String.init)
    let words = (lines.first ?? "").split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    var request = ScriptedServer.Request(
      connection: connection.index, number: 0, method: words[0], path: words[1], headers: Array(lines.dropFirst()),
      body: [])
    let length = request.values("content-length").first.flatMap { Int($0) } ?? 0
    guard connection.input.count >= head.upperBound + length else { return nil }
    request.body = Array(connection.input[head.upperBound..<head.upperBound + length])
    connection.input.removeFirst(head.upperBound + length)
    return request
  }

  private func end(_ connection: Connection) {
    guard connection.isOpen else { return }
    connection.isOpen = false
    close(connection.descriptor)
    server.noteClosed()
  }

  private static func milliseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
