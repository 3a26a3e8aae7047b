/// Text inside GitHub's and GitLab's Markdown. What comes from targets stands in code spans and fenced blocks alone, where
/// there are no links, mentions, images or HTML, whatever is in it.
enum MarkdownText {
  /// A code span, fit for a table's cell too.
  static func code(_ text: String) -> String {
    let clean = ShownText.clean(text, replacement: "\u{FFFD}")
    guard !clean.isEmpty else { return "" }
    let fence = String(repeating: "`", count: longestRun(clean) + 1)
    // A bar ends a cell even inside a span, and readers disagree about a backslash before its escape; a span may not begin or end with a backtick of its own.
    let bars = clean.replacing("\\|", with: "\\¦").replacing("|", with: "\\|")
    let room = clean.hasPrefix("`") || clean.hasSuffix("`") || clean.allSatisfy { $0 == " " } ? " " : ""
    return fence + room + bars + room + fence
  }

  /// A fenced block.
  static func block(_ lines: [String]) -> [String] {
    let clean = lines.map { ShownText.clean($0, replacement: "\u{FFFD}") }
    let longest = clean.reduce(2) { max($0, longestRun($1)) }
    let fence = String(repeating: "`", count: longest + 1)
    return [fence + "text"] + clean + [fence]
  }

  /// Words of ours that may hold something of others: every character that means something to Markdown or HTML is escaped.
  static func words(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in ShownText.clean(text, replacement: "\u{FFFD}").unicodeScalars {
      switch scalar {
      case "&": out += "&amp;".unicodeScalars
      case "<": out += "&lt;".unicodeScalars
      case ">": out += "&gt;".unicodeScalars
      // A mention, or a link made of a bare address.
      case "@": out += "&#64;".unicodeScalars
      case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!", "$": out += "\\\(scalar)".unicodeScalars
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  private static func longestRun(_ text: String) -> Int {
    var (longest, current) = (0, 0)
    for byte in text.utf8 {
      current = byte == UInt8(ascii: "`") ? current + 1 : 0
      longest = max(longest, current)
    }
    return longest
  }
}
