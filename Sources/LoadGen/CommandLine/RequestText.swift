internal import ToolSupport

/// Checks of what a request says, for the command line and for files of targets.
enum RequestText {
  /// Upper-cased, because a `head` that is not a HEAD would wait for a body that never comes.
  static func method(_ text: String, option: String) throws(ToolFailure) -> String {
    guard (1...32).contains(text.utf8.count), text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else {
      let hint = TimeSpan(argument: text) != nil || Double(text) != nil ? "; for a time limit use -t \(text)" : ""
      throw OptionText.refusal(option, text, "a method is made of letters, such as GET or POST" + hint)
    }
    let method = text.uppercased()
    guard method != "CONNECT" else {
      throw OptionText.refusal(option, text, "asks for a tunnel, which has no body to judge")
    }
    return method
  }

  /// A header field that is not the client's own.
  static func field(_ text: String, option: String) throws(ToolFailure) -> HeaderText.Parsed {
    let field = try HeaderText.parse(text, option: option)
    guard !HeaderText.isOwnedByClient(field.name) else {
      throw .usage("\(option) \(field.name): set from the body by the tool itself; give the body with -d or -D")
    }
    return field
  }

  /// `USER:PASSWORD` of an option; the message shows none of it.
  static func credentials(_ text: String) throws(ToolFailure) -> Credentials {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      throw .usage("-u ***: write USER:PASSWORD; a password may be empty, its colon not left out")
    }
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw .usage("-u ***: no line breaks or control characters")
    }
    return Credentials(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
  }
}
