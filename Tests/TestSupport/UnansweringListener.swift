#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A port of 127.0.0.1 on which connecting neither succeeds nor fails: it listens, nobody accepts, and its queue is full, so
/// the system ignores every further attempt.
public final class UnansweringListener: Sendable {
  public let port: Int
  private let listener: Int32
  private let fillers: [Int32]

  public init() throws {
    let (listener, port) = try SocketPeer.listen(receiveBuffer: nil, backlog: 0)
    self.listener = listener
    self.port = port
    var fillers: [Int32] = []
    // Each takes a place in the queue until one finds none. Far fewer are needed than are allowed.
    for _ in 0..<64 {
      let (descriptor, connected) = SocketPeer.tryConnecting(port: port, milliseconds: 100)
      fillers.append(descriptor)
      if !connected { break }
    }
    self.fillers = fillers
  }

  deinit {
    for descriptor in fillers { close(descriptor) }
    close(listener)
  }

  public var url: String { "http://127.0.0.1:\(port)" }
}
