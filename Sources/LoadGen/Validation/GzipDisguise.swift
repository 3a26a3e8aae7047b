/// What a body that is no gzip turns out to be, from its first bytes: base64 text of gzip.
enum GzipDisguise {
  /// `H4sI` is the base64 of 1f 8b 08; a quote before it is a JSON string's.
  static func isBase64(head: [UInt8]) -> Bool {
    let text = head.first == UInt8(ascii: "\"") ? head[1...] : head[...]
    return text.starts(with: "H4sI".utf8) && text.allSatisfy(isAlphabet)
  }

  /// Both alphabets of RFC 4648, padding, line breaks, and the quote that ends a JSON string.
  private static func isAlphabet(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "+/-_=\r\n\"".utf8.contains(byte)
    }
  }
}
