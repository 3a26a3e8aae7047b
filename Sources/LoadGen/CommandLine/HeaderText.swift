internal import ToolSupport

/// Checks `Name: value` texts of `-H` and `--expect-header` (RFC 9110 §5).
enum HeaderText {
  struct Parsed: Equatable {
    let name: String
    let value: String
  }

  /// What the client sets by itself from the body: a second opinion would be request smuggling.
  private static let ownedByClient = ["content-length", "transfer-encoding"]
  /// Their values never appear in a report.
  private static let secret = [
    "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-amz-security-token",
  ]

  static func parse(_ text: String, option: String) throws(ToolFailure) -> Parsed {
    guard !text.unicodeScalars.contains(where: { ($0.value < 0x20 && $0 != "\t") || $0.value == 0x7F }) else {
      throw OptionText.refusal(option, masked(text), "a header has no line breaks or control characters")
    }
    guard let colon = text.firstIndex(of: ":") else {
      throw OptionText.refusal(option, text, "no colon; write '\(option) Name: value' in quotes")
    }
    let name = String(text[..<colon])
    guard !name.isEmpty else {
      throw OptionText.refusal(option, text, "no name before the colon; write '\(option) Name: value' in quotes")
    }
    guard name.utf8.allSatisfy(isToken) else {
      throw OptionText.refusal(option, masked(text), "'\(OptionText.shown(name))' is not a header name")
    }
    return Parsed(name: name, value: trimmed(text[text.index(after: colon)...]))
  }

  /// The request headers of `-H`, each once and none that the client sets itself.
  static func request(_ texts: [String]) throws(ToolFailure) -> [String] {
    var seen: Set<String> = []
    for text in texts {
      let header = try RequestText.field(text, option: "-H")
      guard seen.insert(header.name.lowercased()).inserted else {
        throw .usage("-H \(header.name): given twice; join the values with a comma in one -H")
      }
    }
    return texts
  }

  /// As typed, except the value of a field that carries a secret.
  static func masked(_ text: String) -> String {
    guard let colon = text.firstIndex(of: ":") else { return text }
    return isSecret(String(text[..<colon])) ? "\(text[..<colon]): ***" : text
  }

  static func isOwnedByClient(_ name: String) -> Bool { ownedByClient.contains(name.lowercased()) }

  static func isSecret(_ name: String) -> Bool { secret.contains(name.lowercased()) }

  /// RFC 9110 §5.6.2.
  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
