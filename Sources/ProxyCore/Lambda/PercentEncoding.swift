/// Puts decoded text back into a request target (RFC 3986 §2).
enum PercentEncoding {
  /// Everything but unreserved characters: for a name or a value that was decoded.
  static func component(_ text: String) -> String {
    encode(text) { byte in
      switch byte {
      case 48...57, 65...90, 97...122: true
      default: "-._~".utf8.contains(byte)
      }
    }
  }

  /// Only what may not stand in a target at all. What is encoded already stays as it is: never twice.
  static func target(_ text: String) -> String { encode(text) { ByteClass.matches($0, ByteClass.target) } }

  /// The same for a path, in which a bare `?` would begin a query.
  static func path(_ text: String) -> String {
    encode(text) { ByteClass.matches($0, ByteClass.target) && $0 != UInt8(ascii: "?") }
  }

  private static func encode(_ text: String, _ isKept: (UInt8) -> Bool) -> String {
    if text.utf8.allSatisfy(isKept) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    out.reserveCapacity(text.utf8.count + 16)
    for byte in text.utf8 {
      if isKept(byte) {
        out.append(byte)
      } else {
        out.append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
