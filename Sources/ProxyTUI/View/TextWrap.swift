/// Text in lines of a width, broken at blanks; a word that is longer than a line is broken anywhere.
enum TextWrap {
  /// Lines that are made at most.
  static let limit = 200

  static func lines(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in text.split(separator: " ") {
      var rest = word
      while !rest.isEmpty, lines.count < limit {
        let count = rest.unicodeScalars.count
        if length > 0, length + 1 + count <= width {
          line += " " + rest
          length += 1 + count
          rest = ""
        } else if length == 0, count <= width {
          line = String(rest)
          length = count
          rest = ""
        } else if length > 0 {
          lines.append(line)
          (line, length) = ("", 0)
        } else {
          lines.append(String(rest.prefix(width)))
          rest = rest.dropFirst(width)
        }
      }
    }
    if length > 0, lines.count < limit { lines.append(line) }
    return lines
  }
}
