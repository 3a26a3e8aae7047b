internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Checks the texts that say how connections are made: libcurl would take most mistakes in silence, or blame each stream.
enum ConnectionText {
  private static let schemes = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"]

  /// `[scheme://][user:password@]host[:port]`
  static func proxy(_ text: String) throws(ToolFailure) -> String {
    var rest = text[...]
    if let separator = text.firstRange(of: "://") {
      let scheme = text[..<separator.lowerBound].lowercased()
      guard schemes.contains(scheme) else {
        throw OptionText.refusal(
          "-x", maskedProxy(text), "a proxy's scheme is one of \(schemes.joined(separator: ", "))")
      }
      rest = text[separator.upperBound...]
    }
    if rest.last == "/" { rest.removeLast() }
    if let at = rest.lastIndex(of: "@") { rest = rest[rest.index(after: at)...] }
    guard let (host, port) = hostAndPort(rest), !host.isEmpty, isHost(host), port.isEmpty || isPort(port),
      isPlain(text)
    else {
      throw OptionText.refusal("-x", maskedProxy(text), "not a proxy; write [SCHEME://][USER:PASSWORD@]HOST[:PORT]")
    }
    return text
  }

  /// For messages and reports.
  static func maskedProxy(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    return start < at ? text[..<start] + "***" + text[at...] : text
  }

  /// `HOST:PORT:HOST2:PORT2`; each may be empty, which is "any" before and "the same" after.
  static func checkConnectTo(_ text: String) throws(ToolFailure) {
    let parts = split(text)
    guard isPlain(text), parts.count == 4, isHost(parts[0]), isHost(parts[2]),
      [parts[1], parts[3]].allSatisfy({ $0.isEmpty || isPort($0) }), !(parts[2].isEmpty && parts[3].isEmpty)
    else {
      throw OptionText.refusal(
        "--connect-to", text, "write HOST:PORT:HOST2:PORT2, such as example.com:443:127.0.0.1:8443")
    }
  }

  /// `[+]HOST:PORT:ADDRESS[,ADDRESS]`
  static func checkResolve(_ text: String) throws(ToolFailure) {
    let plain = text.hasPrefix("+") ? text.dropFirst() : text[...]
    let parts = split(String(plain), limit: 3)
    guard isPlain(text), parts.count == 3, !parts[0].isEmpty, parts[0] == "*" || isHost(parts[0]), isPort(parts[1]),
      parts[2].split(separator: ",", omittingEmptySubsequences: false).allSatisfy(isAddress)
    else {
      throw OptionText.refusal("--resolve", text, "write HOST:PORT:ADDRESS, such as example.com:443:127.0.0.1")
    }
  }

  /// A file that is to be read when connections are made.
  static func checkFile(_ path: String, _ option: String) throws(ToolFailure) {
    var facts = stat()
    guard stat(path, &facts) == 0, access(path, R_OK) == 0 else {
      throw OptionText.refusal(option, path, "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard facts.st_mode & S_IFMT != S_IFDIR else {
      throw OptionText.refusal(option, path, "is a directory; name a PEM file in it")
    }
  }

  static func checkSocket(_ path: String) throws(ToolFailure) {
    let limit = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1
    guard path.utf8.count <= limit else {
      throw OptionText.refusal("--unix-socket", path, "a socket's path has at most \(limit) bytes")
    }
    var facts = stat()
    guard stat(path, &facts) == 0 else {
      throw OptionText.refusal("--unix-socket", path, "cannot be used: \(String(cString: strerror(errno)))")
    }
    guard facts.st_mode & S_IFMT == S_IFSOCK else {
      throw OptionText.refusal("--unix-socket", path, "is no socket")
    }
  }

  // MARK: Pieces

  /// At colons outside of brackets.
  private static func split(_ text: String, limit: Int = .max) -> [Substring] {
    var parts: [Substring] = []
    var start = text.startIndex
    var isBracketed = false
    for index in text.indices {
      if text[index] == "[" { isBracketed = true }
      if text[index] == "]" { isBracketed = false }
      guard text[index] == ":", !isBracketed, parts.count < limit - 1 else { continue }
      parts.append(text[start..<index])
      start = text.index(after: index)
    }
    return parts + [text[start...]]
  }

  private static func hostAndPort(_ text: Substring) -> (host: Substring, port: Substring)? {
    let parts = split(String(text))
    return parts.count <= 2 ? (parts[0], parts.count == 2 ? parts[1] : "") : nil
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } && Int(text).map { (1...65535).contains($0) } ?? false
  }

  /// A name, an IPv4 address, or an IPv6 address in brackets; may be empty.
  private static func isHost(_ text: Substring) -> Bool {
    if text.hasPrefix("[") { return text.hasSuffix("]") && isAddress(text) }
    return text.utf8.allSatisfy { SigV4URL.isUnreserved($0) }
  }

  private static func isAddress(_ text: Substring) -> Bool {
    let inside = text.hasPrefix("[") && text.hasSuffix("]") ? text.dropFirst().dropLast() : text
    var v4 = in_addr()
    var v6 = in6_addr()
    return inet_pton(AF_INET, String(inside), &v4) == 1 || inet_pton(AF_INET6, String(inside), &v6) == 1
  }

  private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
}
