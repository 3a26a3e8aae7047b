/// One member of `Proxy-Status` (RFC 9209): who on the way answered, and why. A lenient reader of the structured field
/// (RFC 9651): what it cannot read it leaves out.
struct ProxyStatusField: Equatable {
  var proxy: String
  /// The token of RFC 9209 §2.3.
  var error: String?
  /// gzproxy's own parameter: the exact cause.
  var cause: String?
  /// The limit that `details` names, in bytes, as gzproxy writes it: `limit 6291556 bytes`.
  var limitBytes: Int64?

  /// All members of all fields, nearest to the origin first.
  static func parse(_ values: [String]) -> [ProxyStatusField] {
    values.flatMap { split($0, at: ",") }.compactMap(member)
  }

  private static func member(_ text: String) -> ProxyStatusField? {
    let parts = split(text, at: ";").map(trimmed)
    guard let name = parts.first, !name.isEmpty else { return nil }
    var member = ProxyStatusField(proxy: unquoted(name))
    for part in parts.dropFirst() {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { continue }
      let value = unquoted(trimmed(String(pair[1])))
      switch pair[0] {
      case "error": member.error = value
      case "cause": member.cause = value
      case "details": member.limitBytes = limit(in: value)
      default: continue
      }
    }
    return member
  }

  private static func limit(in details: String) -> Int64? {
    let words = details.split(separator: " ")
    guard words.count == 3, words[0] == "limit", words[2] == "bytes" else { return nil }
    return Int64(words[1])
  }

  /// Splits outside of quoted strings.
  private static func split(_ text: String, at separator: Character) -> [String] {
    var parts = [""]
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if character == separator, !isQuoted {
        parts.append("")
        continue
      }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && character == "\\" && !isEscaped
      parts[parts.count - 1].append(character)
    }
    return parts
  }

  private static func trimmed(_ text: String) -> String {
    String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }

  private static func unquoted(_ text: String) -> String {
    guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
    return String(text.dropFirst().dropLast())
  }
}
