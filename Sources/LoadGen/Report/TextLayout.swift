/// Lines of at most 80 columns: a label column, and text beside it. Wrapped text is cleaned before it is styled: much of
/// it comes from targets.
struct TextLayout {
  static let width = 80
  static let labelWidth = 13

  private(set) var lines: [String] = []

  mutating func line(_ text: String = "") { lines.append(text) }

  /// `label        text`, the text wrapped under itself. A single word that is too long (a URL) stays whole.
  mutating func row(_ label: String, _ text: String, style: (String) -> String = { $0 }) {
    wrapped(text, first: Self.padded(label, Self.labelWidth), indent: Self.labelWidth, style: style)
  }

  /// `  - text`, wrapped.
  mutating func item(_ text: String, indent: Int = 2, style: (String) -> String = { $0 }) {
    let blank = String(repeating: " ", count: indent)
    wrapped(text, first: blank + "- ", indent: indent + 2, style: style)
  }

  mutating func paragraph(_ text: String, indent: Int) {
    wrapped(text, first: String(repeating: " ", count: indent), indent: indent, style: { $0 })
  }

  private mutating func wrapped(_ text: String, first: String, indent: Int, style: (String) -> String) {
    var start = first
    for line in Self.wrap(Self.clean(text), width: Self.width - indent) {
      lines.append(start + style(line))
      start = String(repeating: " ", count: indent)
    }
  }

  /// No control character from outside reaches a terminal.
  static func clean(_ text: String) -> String { ShownText.clean(text) }

  static func wrap(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if line.isEmpty {
        line = String(word)
      } else if line.count + 1 + word.count <= width {
        line += " " + word
      } else {
        lines.append(line)
        line = String(word)
      }
    }
    return lines + [line]
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
