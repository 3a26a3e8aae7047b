import Testing

@testable import ToolSupport

/// What `check` prints: every option, its value, its source, no secret; and a reader takes it back.
@Suite struct SettingsTextTests {
  @Test func everyOptionWithItsSource() throws {
    let settings = try SampleCommand.settings(
      ["--config", "f", "-l", "[::1]:1"], environment: ["SAMPLE_HEADER": "a: b,c", "SAMPLE_TOKEN": "hush"],
      file: "count: 6\nraw: http://u:p@h/\n")
    #expect(
      SettingsText.yaml(settings) == """
        listen: "[::1]:1"  # flag
        count: 6  # f:1
        verbose: false  # default
        insecure: false  # default
        color: true  # default
        header: ["a: b", c]  # SAMPLE_HEADER
        raw: "http://***@h/"  # f:2
        token: "***"  # SAMPLE_TOKEN

        """)
  }

  static let hostile = [
    "", "a", "-", "- a", "a: b", "a #b", "#", "'", "\"", "\\", "\n", "\t x ", "{", "[", "*a", "&a", "!a", "|", ">", "@",
    "`", "%", "~", "null", "true", "é", "x\u{FEFF}y", "\u{2028}", "\u{85}", "😀", "a:", ":a", "?", "\u{7F}", "x\u{0}",
  ]

  @Test(arguments: hostile) func aReaderTakesBackWhatIsWritten(_ text: String) throws {
    let line = "key: \(SettingsText.scalar(text))  # x"
    #expect(!line.contains("\n"))
    // Nothing at all is no value in a file.
    guard !text.isEmpty else { return }
    #expect(try SettingsFile(path: "f", text: line + "\n").entries.first?.values == [text])
    let list = "key: [\(SettingsText.scalar(text)), x]"
    #expect(try SettingsFile(path: "f", text: list).entries.first?.values == [text, "x"])
  }

  @Test(arguments: [
    ("http://h/", "http://h/"), ("http://u:p@h/", "http://***@h/"), ("http://u@h", "http://***@h"),
    ("http://u:p/w@h", "http://***@h"), ("http://u:p@w@h", "http://***@h"), ("u:p@h", "***@h"), ("", ""), ("@", "***@"),
  ])
  func passwordsAreMasked(_ text: String, _ shown: String) { #expect(SecretText.masked(text) == shown) }

  @Test(
    arguments: [
      ("listn", "listen"), ("lisetn", "listen"), ("max-header-byte", "max-header-bytes"), ("listen", "listen"),
      ("zzzzzz", nil), ("", nil), (String(repeating: "x", count: 10_000), nil),
    ] as [(String, String?)])
  func nearestName(_ name: String, _ nearest: String?) {
    #expect(NearestName.suggestion(for: name, among: ["listen", "max-header-bytes", "via"]) == nearest)
  }
}
