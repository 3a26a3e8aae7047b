/// Texts that may hold a password, as they may be shown.
public enum SecretText {
  /// A URL without its user name and password: `http://***@host/`. Everything up to the last `@` is taken for them, since a
  /// password that was not encoded may hold anything.
  public static func masked(_ text: String) -> String {
    guard let at = text.lastIndex(of: "@") else { return text }
    let start = schemeEnd(text) ?? text.startIndex
    return at < start ? text : text[..<start] + "***" + text[at...]
  }

  private static func schemeEnd(_ text: String) -> String.Index? {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    return text.index(colon, offsetBy: 3)
  }
}
