internal import ToolSupport

/// Checks a target before anything is started: what a URL of ours must have (RFC 3986 §3, RFC 9110 §4.2), and what people
/// type instead.
enum TargetURL {
  static let maximumBytes = 8 * 1024

  /// The URL as the engine takes it: checked, its fragment (which is never sent) removed.
  static func checked(_ text: String) throws(ToolFailure) -> String {
    try checkCharacters(text)
    guard let separator = text.firstRange(of: "://") else { throw withoutScheme(text) }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else {
      throw scheme.isEmpty || scheme.contains("/") || scheme.contains("?") || scheme.contains(".")
        ? withoutScheme(text)
        : .usage("\(masked(text)): \(OptionText.shown(scheme)):// is not spoken here; use http:// or https://")
    }
    let rest = text[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    try checkAuthority(authority, of: text)
    return String(text.prefix { $0 != "#" })
  }

  /// A path on the lab's origin.
  static func checkedPath(_ text: String) throws(ToolFailure) -> String {
    try checkCharacters(text)
    guard text.hasPrefix("/") else {
      if LabMode(rawValue: text) != nil { throw .usage("\(text): not a path; did you mean --embedded=\(text)?") }
      throw .usage(
        "\(masked(text)): with --embedded a target is a path on the lab's origin, such as \(Lab.defaultTarget); "
          + "drop --embedded to load a URL")
    }
    return String(text.prefix { $0 != "#" })
  }

  /// `host` or `host:port` of a checked URL, for messages.
  static func authority(_ url: String) -> String {
    guard let separator = url.firstRange(of: "://") else { return url }
    return String(url[separator.upperBound...].prefix { $0 != "/" && $0 != "?" && $0 != "#" })
  }

  /// Scheme, host and port of a checked URL, as they are written: what a connection belongs to.
  static func origin(_ url: String) -> String {
    let scheme = url.prefix { $0 != ":" }.lowercased()
    return scheme + "://" + authority(url).lowercased()
  }

  private static func checkCharacters(_ text: String) throws(ToolFailure) {
    guard text.utf8.count <= maximumBytes else {
      throw .usage("\(masked(text)): longer than \(maximumBytes) bytes")
    }
    guard text.unicodeScalars.allSatisfy({ $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) }) else {
      throw .usage("\(masked(text)): a URL has no spaces or control characters; write a space as %20")
    }
  }

  private static func checkAuthority(_ authority: Substring, of text: String) throws(ToolFailure) {
    guard !authority.contains("@") else {
      throw .usage("\(masked(text)): user and password do not belong in a URL; send them with -u USER:PASSWORD")
    }
    let (host, port) = split(authority)
    guard !authority.contains("{") else {
      throw .usage("\(masked(text)): {…} stands in the path or the query; the host is the same for every stream")
    }
    guard host.utf8.allSatisfy({ $0 < 0x80 }) else {
      throw .usage(
        "\(masked(text)): a host is written in ASCII; give its xn--… form, which `idn2 \(OptionText.shown(String(host)))` prints"
      )
    }
    guard !host.isEmpty, host != "[]" else { throw .usage("\(masked(text)): no host; write http://HOST[:PORT]/PATH") }
    if host.hasPrefix("[") {
      try checkAddress(host, of: text)
    } else if host.contains(":") {
      throw withoutBrackets(text)
    }
    if let port, !port.isEmpty {
      guard port.allSatisfy(\.isASCII), let number = Int(port), (1...65535).contains(number) else {
        throw .usage("\(masked(text)): port \(OptionText.shown(String(port))) is not a number from 1 to 65535")
      }
    }
  }

  /// `[address]`, or `[address%25zone]` for an address that means something on one network only (RFC 6874 §2). The `%` of
  /// other texts is written `%25` in a URL; a zone is the name or the number of an interface.
  private static func checkAddress(_ host: Substring, of text: String) throws(ToolFailure) {
    guard host.hasSuffix("]") else { throw withoutBrackets(text) }
    let inside = host.dropFirst().dropLast()
    let address = inside.prefix { $0 != "%" }
    guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
      throw withoutBrackets(text)
    }
    guard address.endIndex != inside.endIndex else { return }
    let mark = inside[address.endIndex...]
    guard mark.hasPrefix("%25") else {
      throw .usage("\(masked(text)): the % before a zone is written %25, such as [\(address)%25\(shownZone(mark))]")
    }
    let zone = mark.dropFirst(3)
    guard (1...longestZone).contains(zone.utf8.count), zone.utf8.allSatisfy(isUnreserved) else {
      throw .usage("\(masked(text)): after %25 goes the name of an interface, such as [\(address)%25eth0]")
    }
  }

  /// What somebody meant who wrote the bare sign, where it can be that.
  private static func shownZone(_ mark: Substring) -> String {
    let zone = mark.dropFirst()
    return !zone.isEmpty && zone.utf8.allSatisfy(isUnreserved) ? OptionText.shown(String(zone)) : "eth0"
  }

  /// RFC 3986 §2.3. RFC 6874 also lets a zone be percent-encoded; libcurl would not decode it.
  private static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// Linux's and macOS's IFNAMSIZ without its end, and libcurl's limit.
  private static let longestZone = 15

  private static func withoutBrackets(_ text: String) -> ToolFailure {
    .usage("\(masked(text)): an IPv6 address goes in brackets, such as http://[::1]:8080/")
  }

  private static func split(_ authority: Substring) -> (host: Substring, port: Substring?) {
    let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
    guard let colon = authority[afterBracket...].lastIndex(of: ":") else { return (authority, nil) }
    return (authority[..<colon], authority[authority.index(after: colon)...])
  }

  private static func withoutScheme(_ text: String) -> ToolFailure {
    guard !text.isEmpty else { return .usage("'': an empty URL; write http://HOST[:PORT]/PATH") }
    if text.hasPrefix("/") {
      return .usage("\(masked(text)): a path needs a host; did you mean --embedded \(masked(text))?")
    }
    var rest = Substring(text)
    for prefix in ["http:", "https:"] where text.lowercased().hasPrefix(prefix) {
      rest = text.dropFirst(prefix.count).drop { $0 == "/" }
      return .usage("\(masked(text)): not a URL; did you mean \(prefix)//\(masked(String(rest)))?")
    }
    return .usage("\(masked(text)): no scheme; did you mean http://\(masked(String(rest)))?")
  }

  /// For messages: whatever stands before an `@` of the authority may be a password.
  private static func masked(_ text: String) -> String {
    let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
    let authority = text[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@") else { return OptionText.shown(text) }
    return OptionText.shown(text[..<start] + "***" + text[at...])
  }
}
