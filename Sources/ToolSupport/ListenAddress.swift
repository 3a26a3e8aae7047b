#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Where a server listens: `HOST:PORT`, `[::1]:PORT`; port 0 lets the system choose.
public struct ListenAddress: Equatable, Sendable {
  /// Without brackets.
  public var host: String
  public var port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// - Parameter option: what it is a value of, for the message.
  public init(parsing text: String, option: String = "--listen") throws(ToolFailure) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { throw .usage(option, "\(text): must be HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:8081") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else {
      throw .usage(option, "\(text): must name a host, such as 127.0.0.1\(text)")
    }
    self.init(host: String(host), port: port)
  }

  /// A name counts as loopback only if it is `localhost`: any other may resolve to anything.
  public var isLoopback: Bool {
    if host == "localhost" { return true }
    var four = in_addr()
    if inet_pton(AF_INET, host, &four) == 1 { return host.hasPrefix("127.") }
    var six = in6_addr()
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return host == "::1" || host.lowercased().hasPrefix("::ffff:127.")
  }

  /// More than loopback must be meant.
  ///
  /// - Parameter because: what anyone who reaches the port may do, as a clause.
  public func check(
    insecureOpen: Bool, because: String, option: String = "--listen"
  ) throws(ToolFailure) {
    guard isLoopback || insecureOpen else {
      throw .usage(option, "\(authority): not a loopback address, and \(because); add --insecure-open")
    }
  }

  /// `HOST:PORT`, with the brackets that an IPv6 address needs.
  public var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  public var url: String { "http://\(authority)" }
}
