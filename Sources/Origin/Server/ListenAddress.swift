internal import NIOCore
internal import ToolSupport

/// Where a server listens: `HOST:PORT`, `[::1]:PORT`; port 0 lets the system choose.
struct ListenAddress: Equatable, Sendable {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init(parsing text: String) throws(ToolFailure) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
      (0...65535).contains(port)
    else { throw .usage("--listen \(text): must be HOST:PORT with a port from 0 to 65535, such as 127.0.0.1:8081") }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else {
      throw .usage("--listen \(text): must name a host, such as 127.0.0.1\(text)")
    }
    self.init(host: String(host), port: port)
  }

  /// A name counts as loopback only if it is `localhost`: any other may resolve to anything.
  var isLoopback: Bool {
    if host == "localhost" { return true }
    guard let address = try? SocketAddress(ipAddress: host, port: 0) else { return false }
    switch address {
    case .v4: return host.hasPrefix("127.")
    case .v6: return host == "::1" || host.lowercased().hasPrefix("::ffff:127.")
    case .unixDomainSocket: return false
    }
  }

  /// Anyone who reaches the port can make this server send a tebibyte: more than loopback must be meant.
  func check(insecureOpen: Bool) throws(ToolFailure) {
    guard isLoopback || insecureOpen else {
      throw .usage(
        "--listen \(host):\(port): not a loopback address, and anyone may ask for terabytes; add --insecure-open")
    }
  }

  var url: String { host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)" }
}
