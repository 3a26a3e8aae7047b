/// The escapes in JSON's strings (RFC 8259 §7).
enum JSONEscapes {
  /// What stands between the quotes of a string, its escapes resolved; nil where one of them is none. Half of a surrogate pair, and
  /// what is no UTF-8, becomes U+FFFD.
  static func resolve(_ bytes: UnsafeRawBufferPointer) -> String? {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      guard index < bytes.count else { return nil }
      let letter = bytes[index]
      index += 1
      if letter == UInt8(ascii: "u") {
        guard let scalar = scalar(bytes, &index) else { return nil }
        out.append(contentsOf: String(scalar).utf8)
      } else if let plain = plain(letter) {
        out.append(plain)
      } else {
        return nil
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func plain(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }

  /// Of four digits, or of twice four that are a surrogate pair.
  private static func scalar(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> Unicode.Scalar? {
    guard let first = hexadecimal(bytes, &index) else { return nil }
    if let scalar = Unicode.Scalar(first) { return scalar }
    var behind = index + 2
    if first < 0xDC00, bytes.count - index >= 6, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u"), let second = hexadecimal(bytes, &behind), 0xDC00...0xDFFF ~= second,
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    {
      index = behind
      return scalar
    }
    return "\u{FFFD}"
  }

  private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, _ index: inout Int) -> UInt32? {
    guard bytes.count - index >= 4 else { return nil }
    var value: UInt32 = 0
    for byte in bytes[index..<index + 4] {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
      case UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt32(byte & 0x0F + 9)
      default: return nil
      }
    }
    index += 4
    return value
  }
}
