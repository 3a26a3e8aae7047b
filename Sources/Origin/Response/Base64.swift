internal import NIOCore

/// Base64 of RFC 4648 §4, padded, on one line.
enum Base64 {
  static func encode(_ buffer: ByteBuffer) -> String { encode(Array(buffer.readableBytesView)) }

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    var i = 0
    while i < bytes.count {
      let left = bytes.count - i
      let second = left > 1 ? bytes[i + 1] : 0
      let third = left > 2 ? bytes[i + 2] : 0
      let group = Int(bytes[i]) << 16 | Int(second) << 8 | Int(third)
      for (place, shift) in [18, 12, 6, 0].enumerated() {
        out.append(place <= left ? alphabet[group >> shift & 63] : UInt8(ascii: "="))
      }
      i += 3
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
