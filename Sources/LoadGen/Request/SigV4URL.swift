/// A URL written so that what is signed is what is sent: everything that AWS decodes and encodes again before it compares
/// signatures is already encoded its way, which is RFC 3986 with capital digits.
struct SigV4URL: Equatable {
  /// `scheme://authority`, as typed.
  let origin: String
  /// As the Host field has it: in lower case, without the scheme's own port.
  let host: String
  /// Never empty.
  let path: String
  /// Names and values as they are sent, in the order they were typed; nil without a `?`.
  let query: String?

  /// What goes to libcurl, which sends paths as they are.
  var text: String { origin + path + (query.map { "?" + $0 } ?? "") }

  /// - Parameter encodesPath: S3 compares the encoded path itself, so nothing reserved may stand in it. Others encode what
  ///   they received once more, whatever it was.
  init(_ url: String, encodesPath: Bool) {
    let scheme = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    let afterAuthority = url[scheme...].firstIndex { $0 == "/" || $0 == "?" } ?? url.endIndex
    origin = String(url[..<afterAuthority])
    host = Self.host(url[scheme..<afterAuthority], isTLS: url[..<scheme].lowercased() == "https://")
    let rest = url[afterAuthority...]
    let mark = rest.firstIndex(of: "?") ?? rest.endIndex
    let typedPath = mark == rest.startIndex ? "/" : rest[..<mark]
    path = Self.encoded(typedPath.utf8) {
      Self.isUnreserved($0) || $0 == 0x2F || !encodesPath && Self.isSubDelimiter($0)
    }
    guard mark != rest.endIndex else {
      query = nil
      return
    }
    // `=` between a name and its value is kept; one more belongs to the value and is encoded.
    let pairs = rest[rest.index(after: mark)...].split(separator: "&").map { pair in
      let equals = pair.firstIndex(of: "=")
      let name = Self.encoded(pair[..<(equals ?? pair.endIndex)].utf8, keeping: Self.isUnreserved)
      guard let equals else { return name }
      return name + "=" + Self.encoded(pair[pair.index(after: equals)...].utf8, keeping: Self.isUnreserved)
    }
    query = pairs.isEmpty ? nil : pairs.joined(separator: "&")
  }

  private static func host(_ authority: Substring, isTLS: Bool) -> String {
    let host = authority.lowercased()
    for ending in [isTLS ? ":443" : ":80", ":"] where host.hasSuffix(ending) {
      return String(host.dropLast(ending.count))
    }
    return host
  }

  /// Each byte that `keeps` says, the others as `%XX`. What was encoded already is decoded first where it needs no
  /// encoding, and gets capital digits where it does.
  static func encoded(_ text: some Collection<UInt8>, keeping keeps: (UInt8) -> Bool) -> String {
    var out: [UInt8] = []
    var rest = Array(text)[...]
    while let byte = rest.popFirst() {
      if byte == 0x25, let decoded = hexadecimal(rest.prefix(2)) {
        rest = rest.dropFirst(2)
        if isUnreserved(decoded) { out.append(decoded) } else { appendEncoded(decoded, to: &out) }
      } else if keeps(byte) {
        out.append(byte)
      } else {
        appendEncoded(byte, to: &out)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-._~".utf8.contains(byte)
    }
  }

  /// What else may stand in a path (RFC 3986 §3.3).
  private static func isSubDelimiter(_ byte: UInt8) -> Bool { "!$&'()*+,;=:@".utf8.contains(byte) }

  static func appendEncoded(_ byte: UInt8, to out: inout [UInt8]) {
    let digits = Array("0123456789ABCDEF".utf8)
    out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }

  private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt8? {
    guard digits.count == 2, digits.allSatisfy({ isHexadecimal($0) }) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
    default: false
    }
  }
}
