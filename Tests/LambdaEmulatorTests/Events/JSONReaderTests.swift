import Testing

@testable import LambdaEmulator

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct JSONReaderTests {
  private func parse(_ text: String) -> JSONValue? { JSONValue(parsing: Array(text.utf8)) }

  @Test(
    arguments: [
      ("null", .null), (" \t\r\n true ", true), ("false", false), ("\"\"", ""), ("[]", .array([])), ("{}", [:]),
      ("[ ]", .array([])), ("{ }", [:]), ("[[],{}]", .array([.array([]), [:]])),
      (#"{"a":[1,{"b":null}],"c":"d"}"#, ["a": .array([1, ["b": nil]]), "c": "d"]),
      // The last one counts.
      (#"{"a":1,"a":[2],"a":3}"#, ["a": 3]), (#"{"":0}"#, ["": 0]),
      ("0", 0), ("-0", 0), ("-1", -1), ("9223372036854775807", .integer(.max)),
      ("-9223372036854775808", .integer(.min)), ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
      ("123456789012345678901", .number(1.2345678901234568e20)),
      ("1.0", .number(1)), ("1e2", .number(100)), ("-1.5E-1", .number(-0.15)), ("2E+3", .number(2000)),
      ("1e-999", .number(0)),
    ] as [(String, JSONValue)])
  func isRead(_ text: String, _ value: JSONValue) { #expect(parse(text) == value) }

  @Test(arguments: [
    "", " ", "nul", "nulll", "True", "+1", "01", "-", "-01", ".5", "1.", "1.e1", "1e", "1e+", "0x1", "NaN", "1 2",
    "1e999",
    "-1e999", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1}", "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1",
    "{\"a\":1,}",
    "{a:1}", "{1:1}", "{\"a\" 1}", "{\"a\":1]", "{,}", "\"", "\"a", "\"\\\"", "\"\\", "\"\\x\"", "\"\\u12\"",
    "\"\\u12G4\"",
    "\"\\uD83D\\u12\"", "\"a\nb\"", "\"\u{1F}\"", "\"\\\n\"", "\u{FEFF}1", "1\0", "//\n1", "'a'", "[]]", "{}{}",
  ]) func isNone(_ text: String) { #expect(parse(text) == nil) }

  @Test(arguments: [
    (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t"), (#"\u0041\u00e4\u20AC"#, "Aä€"), (#"\uD83D\uDE00!"#, "😀!"),
    (#"\u0000"#, "\0"), ("ä€😀\u{7F}", "ä€😀\u{7F}"),
    // Halves of pairs.
    (#"\uD83D"#, "\u{FFFD}"), (#"\uDE00"#, "\u{FFFD}"), (#"\uD83Dx"#, "\u{FFFD}x"), (#"\uD83D\n"#, "\u{FFFD}\n"),
    (#"\uD83D\u0041"#, "\u{FFFD}A"), (#"\uD83D\uD83D\uDE00"#, "\u{FFFD}😀"), (#"\uDE00\uD83D"#, "\u{FFFD}\u{FFFD}"),
  ]) func strings(_ inside: String, _ text: String) {
    #expect(parse("\"\(inside)\"") == .string(text))
    #expect(parse("{\"\(inside)\":1}") == .object([text: 1]))
  }

  /// Every byte that is none of UTF-8's becomes a replacement, whether there are escapes or not.
  @Test func whatIsNoUTF8() {
    for escape in ["", "\\n"] {
      let bytes = [0x22] + Array("a".utf8) + [0xFF] + Array(escape.utf8) + Array("b".utf8) + [0xC3, 0x22]
      #expect(JSONValue(parsing: bytes)?.text == (escape.isEmpty ? "a\u{FFFD}b\u{FFFD}" : "a\u{FFFD}\nb\u{FFFD}"))
    }
    #expect(JSONValue(parsing: [0xFF]) == nil)
  }

  @Test(arguments: ["[", #"{"a":"#]) func depthIsBounded(_ opening: String) {
    let closing = opening == "[" ? "]" : "}"
    func nested(_ depth: Int, _ inside: String) -> String {
      String(repeating: opening, count: depth) + inside + String(repeating: closing, count: depth)
    }
    #expect(parse(nested(JSONReader.depthLimit, "1")) != nil)
    #expect(parse(nested(JSONReader.depthLimit + 1, "1")) == nil)
    #expect(parse(nested(JSONReader.depthLimit - 1, "[]")) != nil)
    #expect(parse(nested(JSONReader.depthLimit, "[]")) == nil)
    // However deep: nothing overflows.
    #expect(parse(String(repeating: opening, count: 1_000_000)) == nil)
    #expect(parse(nested(1_000_000, "1")) == nil)
  }

  @Test func numbersAreBounded() {
    let digits = JSONReader.numberLimit - 2
    #expect(parse("0." + String(repeating: "1", count: digits)) != nil)
    #expect(parse("0." + String(repeating: "1", count: digits + 1)) == nil)
    #expect(parse(String(repeating: "1", count: 6_000_000)) == nil)
  }

  /// Six megabytes of small values once took the event loop's thread eight seconds; they take a quarter of one.
  @Test(arguments: ["1", "[]", "{}", "\"\"", "null", #"{"a":1}"#, "1.5", #""\n""#])
  func megabytesAreQuick(_ value: String) {
    let count = 6_000_000 / (value.utf8.count + 1)
    let bytes = Array(("[" + String(repeating: value + ",", count: count) + value + "]").utf8)
    // Of this thread alone: others may keep the machine busy.
    let began = Self.threadSeconds()
    let parsed = JSONValue(parsing: bytes)
    #expect(Self.threadSeconds() - began < 5)
    guard case .array(let elements) = parsed else {
      Issue.record("no array")
      return
    }
    #expect(elements.count == count + 1)
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
