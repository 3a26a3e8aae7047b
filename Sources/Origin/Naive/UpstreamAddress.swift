internal import ToolSupport

/// The origin of a proxy: `http://HOST[:PORT]`. The port is 80 when left out.
struct UpstreamAddress: Equatable, Sendable {
  var host: String
  var port: Int

  init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  init(parsing url: String) throws(ToolFailure) {
    let scheme = "http://"
    guard url.lowercased().hasPrefix(scheme) else {
      throw .usage("--upstream \(url): must be a plain http URL, such as http://127.0.0.1:8081")
    }
    var authority = url.dropFirst(scheme.count)
    if authority.hasSuffix("/") { authority = authority.dropLast() }
    guard !authority.isEmpty, !authority.contains(where: { "/?#@ ".contains($0) }) else {
      throw .usage("--upstream \(url): must be a host and port alone: paths are taken from each request")
    }
    let withPort = authority.last == "]" || !authority.contains(":") ? authority + ":80" : authority
    do { (host, port) = try Self.split(String(withPort)) } catch {
      throw .usage("--upstream \(url): must name a host and a port from 1 to 65535")
    }
  }

  private static func split(_ text: String) throws(ToolFailure) -> (String, Int) {
    let address = try ListenAddress(parsing: text)
    guard address.port > 0 else { throw .usage("") }
    return (address.host, address.port)
  }

  /// The value of Host for it.
  var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
