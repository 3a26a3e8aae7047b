/// Base64 of RFC 4648 §4: the standard alphabet, padded, on one line.
public enum Base64 {
  public static func encode(_ bytes: some Collection<UInt8>) -> String {
    let bytes = Array(bytes)
    return String(decoding: bytes.withUnsafeBytes { encodeBytes($0) }, as: UTF8.self)
  }

  /// How many characters `count` bytes become.
  public static func encodedLength(_ count: Int) -> Int { (count &+ 2) / 3 &* 4 }

  public static func encodeBytes(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: encodedLength(bytes.count)) { out, length in
      var index = 0
      while index < bytes.count {
        let left = bytes.count - index
        let second = left > 1 ? bytes[index + 1] : 0
        let third = left > 2 ? bytes[index + 2] : 0
        let group = Int(bytes[index]) << 16 | Int(second) << 8 | Int(third)
        out[length] = alphabet[group >> 18 & 63]
        out[length + 1] = alphabet[group >> 12 & 63]
        out[length + 2] = left > 1 ? alphabet[group >> 6 & 63] : UInt8(ascii: "=")
        out[length + 3] = left > 2 ? alphabet[group & 63] : UInt8(ascii: "=")
        length += 4
        index += 3
      }
    }
  }

  public static func decode(_ text: String) -> [UInt8]? {
    Array(text.utf8).withUnsafeBytes { decode($0) }
  }

  /// Nil for anything but whole groups of the standard alphabet with its padding, the unused bits zero: what two decoders
  /// could read differently is not read at all.
  public static func decode(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
    guard text.count % 4 == 0 else { return nil }
    guard text.count > 0 else { return [] }
    let padding = text[text.count - 1] != UInt8(ascii: "=") ? 0 : text[text.count - 2] != UInt8(ascii: "=") ? 1 : 2
    var isValid = true
    let out = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { out, length in
      var index = 0
      while index < text.count {
        let isLast = index + 4 == text.count
        var group: UInt32 = 0
        for place in 0..<4 {
          let value = isLast && place >= 4 - padding ? 0 : values[Int(text[index + place])]
          guard value < 64 else {
            isValid = false
            return
          }
          group = group << 6 | UInt32(value)
        }
        let count = isLast ? 3 - padding : 3
        if isLast, group & (0xFF_FFFF >> UInt32(8 * count)) != 0 { isValid = false }
        for place in 0..<count { out[length + place] = UInt8(truncatingIfNeeded: group >> UInt32(16 - 8 * place)) }
        length += count
        index += 4
      }
    }
    return isValid ? out : nil
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  /// 255 for what is no digit.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (index, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(index) }
    return values
  }()
}
