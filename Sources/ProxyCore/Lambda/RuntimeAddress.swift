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
}
