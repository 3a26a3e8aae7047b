/// Bytes as text: for reports and signatures, a few hundred at a time.
enum ByteText {
  static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes {
      out.append(digits[Int(byte >> 4)])
      out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Nil for what is no hexadecimal.
  static func bytes(hexadecimal text: String) -> [UInt8]? {
    let digits = text.utf8.map { Character(UnicodeScalar($0)).hexDigitValue }
    guard digits.count % 2 == 0 else { return nil }
    var out: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[index], let low = digits[index + 1] else { return nil }
      out.append(UInt8(truncatingIfNeeded: high << 4 | low))
    }
    return out
  }

  /// What can be read of it, everything else as dots; nil when less than three quarters can.
  static func readable(_ bytes: [UInt8], limit: Int) -> String? {
    let part = bytes.prefix(limit)
    let good = part.filter { (0x20...0x7E).contains($0) || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }.count
    guard !part.isEmpty, good * 4 >= part.count * 3 else { return nil }
    return String(decoding: part.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
  }
}
