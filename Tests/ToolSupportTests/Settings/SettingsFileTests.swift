import Testing

@testable import ToolSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a configuration file may be, and the one line that refuses each thing it may not be.
@Suite struct SettingsFileTests {
  private func entries(_ text: String) throws -> [String] {
    try SettingsFile(path: "f", text: text).entries.map { "\($0.line) \($0.key)=\($0.values.joined(separator: "|"))" }
  }

  @Test func namesValuesAndLines() throws {
    #expect(try entries("a: 1\n\n# c\nb: \"x y\"  # d\nc: 'it''s'\n") == ["1 a=1", "4 b=x y", "5 c=it's"])
    #expect(try entries("a: 0x10\nb: on\nc: 1e3\nd: 010\ne: http://h:1/p\n").count == 5)
    #expect(try entries("a: 010\nb: yes\nc: 1.0") == ["1 a=010", "2 b=yes", "3 c=1.0"])
    #expect(try entries("a: [x, \"y, z\"]\nb:\n- 1\n- 2\n") == ["1 a=x|y, z", "2 b=1|2"])
    #expect(try entries("\u{FEFF}a: 1\r\nb: 2\r\n") == ["1 a=1", "2 b=2"])
    #expect(try entries("---\na: 1\n...\n") == ["2 a=1"])
    #expect(try entries("a: R&D *.x\nb: \"&x *y\"\n") == ["1 a=R&D *.x", "2 b=&x *y"])
    #expect(try entries("") == [] && entries("# only\n") == [] && entries("---\n") == [])
  }

  static let refusals: [(String, String)] = [
    ("- a\n- b", "f:1: must hold names and values, as in listen: 127.0.0.1:8080"),
    ("hello", "f:1: must hold names and values, as in listen: 127.0.0.1:8080"),
    ("a: 1\nb:\n  c: 2", "f:2: b: options are not nested: give it a value, and every option a line of its own"),
    ("a: {b: 1}", "f:1: a: options are not nested: give it a value, and every option a line of its own"),
    ("a: 1\nb:", "f:2: b: has no value; give it one or leave the line out"),
    ("a: ''", "f:1: a: has no value; give it one or leave the line out"),
    ("a: ~", "f:1: a: has no value; give it one or leave the line out"),
    ("a: [1, [2]]", "f:1: a: a list must hold plain values"),
    ("a: 1\nb: 2\na: 3", "f:3: a: is there twice; keep one of them"),
    ("a: 1\n\tb: 2", "f:2: holds a tab; YAML has spaces only"),
    ("a:\n\t- 2", "f:2: holds a tab; YAML has spaces only"),
    ("[a]: b", "f:1: needs the name of an option before its colon"),
    ("a: &x 1\nb: *x", "f: holds anchors and aliases (&name, *name); write values out, or in quotes"),
    (String(repeating: "[", count: 5000), "f:1: is nested too deeply; options are not nested"),
  ]

  @Test(arguments: refusals) func refuses(_ text: String, _ message: String) {
    let failure = #expect(throws: ToolFailure.self) { try SettingsFile(path: "f", text: text) }
    #expect(failure?.message == message)
    #expect(failure?.exit == .badConfiguration)
  }

  @Test(arguments: ["a: 1\n---\nb: 2", "a: *x", "{a: 1", "a: \"x", "a: b: c", "a: 1\n b: 2", "a: @x", "a: \u{1}"])
  func refusesWhatIsNoYAMLInOneLine(_ text: String) {
    let failure = #expect(throws: ToolFailure.self) { try SettingsFile(path: "f", text: text) }
    #expect(failure?.exit == .badConfiguration)
    #expect(failure?.message.hasPrefix("f:") == true && failure?.message.contains("\n") == false)
  }

  /// Every prefix of a file is taken or refused, and never more.
  @Test func bearsAFileThatWasCutAnywhere() {
    let text = "a: 1\nb: [x, 'y']\nc:\n- \"\\u0041\"\n# é\n{d: 1}\n? e\n: f\ng: !!str h\n"
    for length in 0...text.unicodeScalars.count {
      let part = String(String.UnicodeScalarView(text.unicodeScalars.prefix(length)))
      do { _ = try SettingsFile(path: "f", text: part) } catch { #expect(error.exit == .badConfiguration) }
    }
  }

  @Test func filesThatCannotBeRead() throws {
    func reason(_ path: String) -> String? {
      do {
        _ = try FileText.read(path)
        return nil
      } catch { return error.reason }
    }
    #expect(reason("/no/such/file") == "No such file or directory")
    #expect(reason("/") == "Is a directory")
    #expect(reason("/dev/zero") == "is larger than 1 MiB")
    #expect(reason("/dev/null") == nil)
    var name = Array("/tmp/gztop-settings-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    try #require(descriptor >= 0)
    let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer {
      close(descriptor)
      unlink(path)
    }
    let bytes: [UInt8] = [0x61, 0x3A, 0x20, 0xFF]
    #expect(write(descriptor, bytes, bytes.count) == bytes.count)
    #expect(reason(path) == "is not UTF-8 text")
  }
}
