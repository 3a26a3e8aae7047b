/// `/.gzproxy/…` belongs to the proxy and is never forwarded, whatever stands behind it.
enum ReservedPath: Equatable, Sendable {
  case health, ready, stats, metrics, hello, unknown
  /// How bodies are relayed; with a mode, how they are to be from now on.
  case relay(RelayMode?)

  static func of(_ head: MessageHead, _ facts: RequestFacts) -> ReservedPath? {
    guard let range = facts.path else { return nil }
    return head.withBytes { of(Bytes.slice($0, range)) }
  }

  /// Nil for a path that is the upstream's. The query does not matter.
  static func of(_ target: UnsafeRawBufferPointer) -> ReservedPath? {
    let path = UnsafeRawBufferPointer(rebasing: target.prefix { $0 != UInt8(ascii: "?") })
    guard path.count >= 9, Bytes.equals(Bytes.slice(path, 0..<9), "/.gzproxy") else { return nil }
    guard path.count > 9 else { return .unknown }
    guard path[9] == UInt8(ascii: "/") else { return nil }
    let name = Bytes.slice(path, 10..<path.count)
    if Bytes.equals(name, "healthz") { return .health }
    if Bytes.equals(name, "readyz") { return .ready }
    if Bytes.equals(name, "stats") { return .stats }
    if Bytes.equals(name, "metrics") { return .metrics }
    if Bytes.equals(name, "hello") { return .hello }
    if Bytes.equals(name, "relay") { return .relay(nil) }
    if Bytes.equals(name, "relay/auto") { return .relay(.auto) }
    if Bytes.equals(name, "relay/copy") { return .relay(.copy) }
    return .unknown
  }
}
