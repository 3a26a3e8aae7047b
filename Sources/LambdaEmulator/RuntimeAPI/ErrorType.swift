/// The type of an error as a runtime may name it.
enum ErrorType {
  /// `(Runtime|Function)\.[A-Z][a-zA-Z]+`; of others the category alone stays, if it is `Function`.
  static func valid(_ text: String?) -> String {
    let text = text ?? ""
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2, parts[0] == "Runtime" || parts[0] == "Function", isReason(parts[1]) { return text }
    return text.hasPrefix("Function.") ? "Function.Unknown" : "Runtime.Unknown"
  }

  private static func isReason(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first) else { return false }
    return text.utf8.count > 1
      && text.utf8.allSatisfy {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
      }
  }
}
