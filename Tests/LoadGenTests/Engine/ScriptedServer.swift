import Synchronization
import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An HTTP/1 server that answers each request with the bytes, pauses and ends a test asks for.
///
/// Raw sockets on a free port of 127.0.0.1, one thread, one poll loop. It understands just enough of a request to
/// find its end: the head, and a body with Content-Length.
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

  /// Whether somebody listens on a port.
  static func isOpen(_ port: Int) -> Bool { connected(port).map { close($0) } != nil }

  /// A connection to a port.
  static func connected(_ port: Int) -> Int32? {
    let client = socket(AF_INET, streamType, 0)
    if withAddress(port: port, { connect(client, $0, $1) }) == 0 { return client }
    close(client)
    return nil
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

  static func listen(backlog: Int32 = 1024) throws -> (Int32, Int) {
    let descriptor = socket(AF_INET, streamType, 0)
    var port = 0
    let status = withAddress(port: 0) { address, length in
      var length = length
      guard bind(descriptor, address, length) == 0, getsockname(descriptor, address, &length) == 0 else { return -1 }
      port = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        Int(UInt16(bigEndian: $0.pointee.sin_port))
      }
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
  var descriptors: (listener: Int32, bell: Int32) { (listener, bell.read) }

  func noteAccepted() -> Int {
    books.withLock { books in
      books.accepted += 1
      books.open += 1
      return books.accepted - 1
    }
  }

  func noteClosed() { books.withLock { $0.open -= 1 } }

  func answer(_ request: Request) -> [Step] {
    var request = request
    books.withLock { books in
      request.number = books.requests.count
      books.requests.append(request)
    }
    return script(request)
  }
}
