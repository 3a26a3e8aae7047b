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
    guard !rest.contains("?") else { throw Invalid(description: "must not hold a query") }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
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

/// `HOST:PORT`, `[V6]:PORT`, and `HOST` where a default port is given.
public struct HostAndPort: Sendable, Equatable {
  public let host: String
  /// 0 lets the system choose, where that makes sense.
  public let port: Int

  public struct Invalid: Error, Sendable, CustomStringConvertible { public let description: String }

  public init(_ text: String, defaultPort: Int? = nil) throws(Invalid) {
    var name: Substring
    var portText: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw Invalid(description: "has a [ without its ]") }
      name = text[text.index(after: text.startIndex)..<close]
      let tail = text[text.index(after: close)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { throw Invalid(description: "must be [ADDRESS]:PORT") }
      portText = tail.isEmpty ? nil : tail.dropFirst()
    } else {
      let colon = text.lastIndex(of: ":")
      name = text[..<(colon ?? text.endIndex)]
      portText = colon.map { text[text.index(after: $0)...] }
      guard !name.contains(":") else { throw Invalid(description: "needs brackets around an IPv6 address") }
    }
    guard !name.isEmpty, name.utf8.allSatisfy({ ByteClass.matches($0, ByteClass.host) }) else {
      throw Invalid(description: "needs a host name or an address")
    }
    guard let portText else {
      guard let defaultPort else { throw Invalid(description: "needs a port, as in 127.0.0.1:8080") }
      host = String(name)
      port = defaultPort
      return
    }
    guard let number = Int(portText), (0...65535).contains(number), portText.allSatisfy(\.isNumber) else {
      throw Invalid(description: "needs a port from 0 to 65535")
    }
    host = String(name)
    port = number
  }

  /// Reachable from this machine alone.
  public var isLoopback: Bool {
    if host == "localhost" || host == "::1" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
