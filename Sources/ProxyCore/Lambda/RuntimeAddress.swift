/// Where the Runtime API is.
///
/// Read leniently: AWS says `host:port`, some emulators say a URL with a path, or `host:port/path`.
struct RuntimeAddress: Sendable, Equatable {
  /// Without brackets.
  let host: String
  let port: Int
  /// Before `/2018-06-01`: empty, or `/…` without a slash at its end.
  let prefix: String
  /// As it goes into `Host`.
  let authority: String

  struct Invalid: Error, CustomStringConvertible { let description: String }

  init(_ text: String) throws(Invalid) {
    var rest = text[...]
    if rest.lowercased().hasPrefix("http://") { rest = rest.dropFirst(7) }
    guard !rest.lowercased().hasPrefix("https://") else {
      throw Invalid(description: "the Runtime API is spoken without TLS; it must be host:port")
    }
    let slash = rest.firstIndex(of: "/") ?? rest.endIndex
    var prefix = rest[slash...]
    while prefix.hasSuffix("/") { prefix.removeLast() }
    guard prefix.utf8.allSatisfy({ ByteClass.matches($0, ByteClass.target) && $0 != UInt8(ascii: "?") }) else {
      throw Invalid(description: "holds a path that cannot be asked for")
    }
    let place: HostAndPort
    do { place = try HostAndPort(String(rest[..<slash]), defaultPort: 80) } catch {
      throw Invalid(description: error.description)
    }
    guard place.port > 0 else { throw Invalid(description: "needs a port from 1 to 65535") }
    host = place.host
    port = place.port
    self.prefix = String(prefix)
    authority = (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }

  /// Whether requests to this upstream would go to the Runtime API, as far as names tell.
  func isNamed(by upstream: UpstreamTarget) -> Bool {
    guard upstream.port == port else { return false }
    return upstream.host.lowercased() == host.lowercased() || isReached(at: upstream.host)
  }

  /// Whether an address is the Runtime API's; of a machine's own addresses one is as good as another.
  func isReached(at address: String) -> Bool {
    guard let other = IPAddress.parse(address) else { return false }
    let own = IPAddress.parse(host) ?? [127, 0, 0, 1]
    return own == other || Self.isOwn(own) && Self.isOwn(other)
  }

  private static func isOwn(_ bytes: [UInt8]) -> Bool {
    bytes.count == 4
      ? bytes[0] == 127 || bytes == [0, 0, 0, 0] : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] <= 1
  }
}
