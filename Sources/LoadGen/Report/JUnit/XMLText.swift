/// Text inside XML 1.0, which has no way to write most control characters, not even escaped ones (§2.2).
enum XMLText {
  /// Lines stay lines.
  static func content(_ text: String) -> String { escaped(text, keepsLines: true) }

  /// Between double quotes; on one line, since readers turn line ends into spaces there.
  static func attribute(_ text: String) -> String { escaped(text, keepsLines: false) }

  private static func escaped(_ text: String, keepsLines: Bool) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": out += "&amp;".unicodeScalars
      case "<": out += "&lt;".unicodeScalars
      // `]]>` may not stand in content.
      case ">": out += "&gt;".unicodeScalars
      case "\"": out += "&quot;".unicodeScalars
      case "\n" where keepsLines: out.append(scalar)
      case "\n", "\t": out.append(" ")
      default: out += ShownText.clean(String(scalar), replacement: "\u{FFFD}").unicodeScalars
      }
    }
    return String(out)
  }
}
