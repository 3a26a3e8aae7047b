/// Looks for `..` among the segments of a path. With a path prefix in front, an origin that resolves dot segments (RFC 3986
/// §5.2.4) would be led out of the prefix by one, so such a path is refused there; the path itself is never changed.
enum PathSegments {
  /// Whether any segment before the query is `..`, in plain or percent-encoded spelling, also behind a backslash, which some
  /// servers take for a slash.
  static func climb(_ target: UnsafeRawBufferPointer) -> Bool {
    var dots = 0
    var isOther = false
    var index = 0
    while index < target.count, target[index] != UInt8(ascii: "?") {
      let (byte, length) = decoded(target, index)
      index += length
      if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") {
        if dots == 2, !isOther { return true }
        (dots, isOther) = (0, false)
      } else if byte == UInt8(ascii: ".") {
        dots += 1
      } else {
        isOther = true
      }
    }
    return dots == 2 && !isOther
  }

  private static func decoded(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> (byte: UInt8, length: Int) {
    guard bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
      let high = hexValue(bytes[index + 1]), let low = hexValue(bytes[index + 2])
    else { return (bytes[index], 1) }
    return (high << 4 | low, 3)
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }
}
