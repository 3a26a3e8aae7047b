internal import NIOCore

/// Bytes of UTF-8 as they stand in a JSON string, without a String in between: a body may have megabytes.
enum JSONEscaping {
  /// How many bytes they become.
  static func length(_ bytes: UnsafeRawBufferPointer) -> Int {
    var length = bytes.count
    for byte in bytes where needsEscape(byte) { length += short(byte) == nil ? 5 : 1 }
    return length
  }

  static func write(_ bytes: UnsafeRawBufferPointer, to out: inout ByteBuffer) {
    var start = 0
    for index in 0..<bytes.count where needsEscape(bytes[index]) {
      out.writeBytes(bytes[start..<index])
      start = index + 1
      if let letter = short(bytes[index]) {
        out.writeBytes([UInt8(ascii: "\\"), letter])
      } else {
        let digits = String(bytes[index], radix: 16)
        out.writeString("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
      }
    }
    out.writeBytes(bytes[start...])
  }

  private static func needsEscape(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func short(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): byte
    case 10: UInt8(ascii: "n")
    case 13: UInt8(ascii: "r")
    case 9: UInt8(ascii: "t")
    default: nil
    }
  }
}
