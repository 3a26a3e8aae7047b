/// A few bytes for a person: as text where they are text, else in hexadecimal.
enum ByteGlance {
  static func text(_ bytes: [UInt8], width: Int) -> String {
    guard isText(bytes) else { return hexadecimal(Array(bytes.prefix(max(1, width / 3)))) }
    return String(decoding: bytes.prefix(max(1, width)).map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
  }

  static func isText(_ bytes: [UInt8]) -> Bool {
    bytes.prefix(64).allSatisfy { ($0 >= 0x20 && $0 < 0x7f) || $0 == 10 || $0 == 13 || $0 == 9 }
  }

  /// A character a byte, `.` for what is none of ASCII's.
  static func characters(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map { $0 >= 0x20 && $0 < 0x7f ? $0 : 0x2e }, as: UTF8.self)
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef")
    return bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }.joined(separator: " ")
  }
}
