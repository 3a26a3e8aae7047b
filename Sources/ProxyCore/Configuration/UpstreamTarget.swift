/// Where requests go: scheme, host, port and an optional path prefix, parsed once from `--upstream`. No other parser reads
/// the URL again, and nothing a client sends can change it.
public struct UpstreamTarget: Sendable, Equatable {
  public let isTLS: Bool
  /// Without brackets.
  public let host: String
  public let port: Int
  /// Empty, or `/…` without a slash at its end.
  public let pathPrefix: String
  /// The `Host` that the upstream gets: its port only where it is not the scheme's own.
  public let authority: String

  public struct Invalid: Error, Sendable, CustomStringConvertible { public let description: String }

  /// Accepts `http://HOST[:PORT][/prefix]` and `https://…`.
  public init(url: String) throws(Invalid) {
    let rest: Substring
    let lowered = url.lowercased()
    if lowered.hasPrefix("http://") {
      isTLS = false
      rest = url.dropFirst(7)
    } else if lowered.hasPrefix("https://") {
      isTLS = true
      rest = url.dropFirst(8)
    } else {
      throw Invalid(description: "must begin with http:// or https://")
    }
    guard url.utf8.allSatisfy({ ByteClass.matches($0, ByteClass.target) }) else {
      throw Invalid(description: "must not hold spaces, control characters or a #fragment")
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    guard !rest[..<slash].contains("@") else {
      throw Invalid(description: "must not hold a user name or a password: clients send their own Authorization")
    }
    guard !rest.contains("?") else { throw Invalid(description: "must not hold a query") }
    var prefix = rest[slash...]
    while prefix.hasSuffix("/") { prefix.removeLast() }
    let place: HostAndPort
    do { place = try HostAndPort(String(rest[..<slash]), defaultPort: isTLS ? 443 : 80) } catch {
      throw Invalid(description: error.description)
    }
    guard place.port > 0 else { throw Invalid(description: "must name a port from 1 to 65535") }
    host = place.host
    port = place.port
    pathPrefix = String(prefix)
    let bracketed = host.contains(":") ? "[\(host)]" : host
    authority = port == (isTLS ? 443 : 80) ? bracketed : "\(bracketed):\(port)"
  }
}
