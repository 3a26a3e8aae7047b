/// `HOST:PORT`, `[V6]:PORT`, and `HOST` where a default port is given.
///
/// A host is a name, or an address in its one canonical spelling: resolvers disagree about `127.1`, `0177.0.0.1` and
/// `2130706433`, and what was checked must be what is connected to. Zone ids are refused.
public struct HostAndPort: Sendable, Equatable {
  /// Without brackets.
  public let host: String
  /// 0 lets the system choose, where that makes sense.
  public let port: Int

  public struct Invalid: Error, Sendable, CustomStringConvertible { public let description: String }

  public init(_ text: String, defaultPort: Int? = nil) throws(Invalid) {
    let portText: Substring?
    if text.hasPrefix("[") {
      guard let close = text.firstIndex(of: "]") else { throw Invalid(description: "has a [ without its ]") }
      host = try Self.bracketed(text[text.index(after: text.startIndex)..<close])
      let tail = text[text.index(after: close)...]
      guard tail.isEmpty || tail.hasPrefix(":") else { throw Invalid(description: "must be [ADDRESS]:PORT") }
      portText = tail.isEmpty ? nil : tail.dropFirst()
    } else {
      let colon = text.lastIndex(of: ":")
      host = try Self.bare(text[..<(colon ?? text.endIndex)])
      portText = colon.map { text[text.index(after: $0)...] }
    }
    guard let portText else {
      guard let defaultPort else { throw Invalid(description: "needs a port, as in 127.0.0.1:8080") }
      port = defaultPort
      return
    }
    port = try Self.number(portText)
  }

  /// For a proxy that does not listen.
  static let nowhere = HostAndPort(host: "127.0.0.1", port: 0)

  private init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  private static func bracketed(_ text: Substring) throws(Invalid) -> String {
    guard !text.contains("%") else {
      throw Invalid(description: "holds a zone id (%), which means something on one machine only; leave it out")
    }
    guard text.contains(":"), IPAddress.parse(String(text)) != nil else {
      throw Invalid(description: "needs an IPv6 address inside the brackets, as in [::1]:8080")
    }
    return String(text)
  }

  private static func bare(_ text: Substring) throws(Invalid) -> String {
    guard !text.contains(":") else {
      throw Invalid(description: "needs brackets around an IPv6 address, as in [::1]:8080")
    }
    guard !text.isEmpty, text.utf8.count <= longestName, text.utf8.allSatisfy(isNameByte) else {
      throw Invalid(description: "needs a host name or an address")
    }
    guard !endsInNumber(text) || isCanonicalIPv4(text) else {
      throw Invalid(description: "needs an IPv4 address as four numbers from 0 to 255, as in 127.0.0.1")
    }
    return String(text)
  }

  /// ASCII digits alone: `Int` would take a sign.
  private static func number(_ text: Substring) throws(Invalid) -> Int {
    let isDecimal =
      !text.isEmpty && text.utf8.count <= 5 && text.utf8.allSatisfy { ByteClass.matches($0, ByteClass.digit) }
    guard isDecimal, let number = Int(text), number <= 65535 else {
      throw Invalid(description: "needs a port from 0 to 65535")
    }
    return number
  }

  private static let longestName = 253

  /// Letters, digits, and what names of hosts and of containers hold besides.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// No name ends in a number, so this is an address in some spelling: `127.1`, `0x7f.1`, `1.2.3.4.`.
  private static func endsInNumber(_ text: Substring) -> Bool {
    let labels = text.split(separator: ".", omittingEmptySubsequences: true)
    guard let last = labels.last?.lowercased() else { return true }
    if last.hasPrefix("0x") { return last.dropFirst(2).utf8.allSatisfy { ByteClass.matches($0, ByteClass.hexDigit) } }
    return last.utf8.allSatisfy { ByteClass.matches($0, ByteClass.digit) }
  }

  private static func isCanonicalIPv4(_ text: Substring) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts.allSatisfy { part in UInt8(part).map { String($0) == part } ?? false }
  }

  /// Reachable from this machine alone.
  public var isLoopback: Bool {
    if host.lowercased() == "localhost" { return true }
    guard let bytes = IPAddress.parse(host) else { return false }
    return bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1]
  }
}
