/// Typed text inside a message: one line, and not too long.
enum OptionWords {
  static func shown(_ text: String) -> String {
    let scalars = text.unicodeScalars.prefix(100).map { $0.properties.generalCategory == .control ? "?" : $0 }
    return scalars.isEmpty ? "''" : String(String.UnicodeScalarView(scalars))
  }
}
