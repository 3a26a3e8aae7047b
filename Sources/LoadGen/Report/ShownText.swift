/// Text from targets, made fit to be shown: nothing in it moves a cursor, ends a line or turns the reading direction.
enum ShownText {
  /// Every scalar that is not to be shown becomes `replacement`.
  static func clean(_ text: String, replacement: Unicode.Scalar = "?") -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { out.append(isShowable(scalar) ? scalar : replacement) }
    return String(out)
  }

  /// At most `limit` scalars, the last of them an ellipsis where there were more. (A character may be of any length.)
  static func clipped(_ text: String, _ limit: Int) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= limit ? text : String(scalars.prefix(max(0, limit - 1))) + "…"
  }

  /// False for C0, DEL, C1, line and paragraph separators, what turns the direction of text (a `txt.exe` that reads
  /// `exe.txt`), and byte order marks.
  private static func isShowable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF, 0xFFFE...0xFFFF:
      false
    default: true
    }
  }
}
