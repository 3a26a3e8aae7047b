#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A port of 127.0.0.1 on which every connection is refused. It is bound, so that no other test's listener can get it
/// meanwhile, but does not listen.
public final class ClosedPort: Sendable {
  public let port: Int
  private let descriptor: Int32

  public init() throws { (descriptor, port) = try SocketPeer.listen(receiveBuffer: nil, backlog: nil) }

  deinit { close(descriptor) }

  public var url: String { "http://127.0.0.1:\(port)" }
}
