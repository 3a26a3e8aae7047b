/// Text inside HTML, and the few shapes that the page is made of.
enum HTMLText {
  /// For content and for attributes between double quotes. Nothing from outside opens a tag, ends an attribute, moves a
  /// cursor or turns the reading direction.
  static func escaped(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in ShownText.clean(text, replacement: "\u{FFFD}").unicodeScalars {
      switch scalar {
      case "&": out += "&amp;".unicodeScalars
      case "<": out += "&lt;".unicodeScalars
      case ">": out += "&gt;".unicodeScalars
      case "\"": out += "&quot;".unicodeScalars
      case "'": out += "&#39;".unicodeScalars
      default: out.append(scalar)
      }
    }
    return String(out)
  }

  /// As `escaped`, of at most `limit` scalars.
  static func escaped(_ text: String, limit: Int) -> String { escaped(ShownText.clipped(text, limit)) }

  static func section(_ id: String, _ title: String, _ content: [String]) -> String {
    guard content.contains(where: { !$0.isEmpty }) else { return "" }
    return "<section id=\"\(id)\">\n<h2>\(title)</h2>\n\(content.joined(separator: "\n"))\n</section>\n"
  }

  /// - Parameters:
  ///   - heads: HTML; the columns from `numbersFrom` on hold numbers.
  ///   - rows: of HTML.
  static func table(_ heads: [String], _ rows: [[String]], numbersFrom: Int = 1, id: String? = nil) -> String {
    guard !rows.isEmpty else { return "" }
    func cells(_ texts: [String], _ tag: String) -> String {
      texts.enumerated().map { index, text in
        index >= numbersFrom ? "<\(tag) class=\"n\">\(text)</\(tag)>" : "<\(tag)>\(text)</\(tag)>"
      }.joined()
    }
    let head = heads.allSatisfy(\.isEmpty) ? "" : "<thead><tr>\(cells(heads, "th"))</tr></thead>"
    let body = rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n")
    let name = id.map { " id=\"\($0)\"" } ?? ""
    return "<div class=\"scroll\"><table\(name)>\(head)<tbody>\n\(body)\n</tbody></table></div>"
  }

  static func details(_ summary: String, _ content: String) -> String {
    "<details><summary>\(summary)</summary>\n\(content)\n</details>"
  }

  /// A chart with its title above and what it says in words below.
  static func figure(_ title: String, _ svg: String, _ words: String) -> String {
    "<figure>\n<h3>\(title)</h3>\n<div class=\"scroll\">\(svg)</div>\n<figcaption>\(words)</figcaption>\n</figure>"
  }
}
