import Testing

@testable import ProxyTUI

@Suite struct FrameTests {
  private func line(_ text: String, width: Int, unicode: Bool = true) -> String {
    var frame = Frame(size: ScreenSize(rows: 1, columns: width), unicode: unicode)
    frame.put(text, row: 0, column: 0, role: .text)
    #expect(frame.isDrawable)
    return String(frame.text.dropLast())
  }

  @Test(arguments: [
    ("plain", 10, "plain"),
    ("exactly ten", 11, "exactly ten"),
    ("one too many", 11, "one too ma…"),
    ("日本語", 6, "日本語"),
    ("日本語", 5, "日本…"),
    // The cut must not leave half of the second scalar.
    ("日本語", 4, "日 …"),
    ("日本", 1, "…"),
    ("a\u{1b}[31mb", 20, "a·[31mb"),
    ("tab\tnew\nline\r", 20, "tab·new·line·"),
    ("c1\u{9b}31m", 20, "c1·31m"),
    ("e\u{301}tude", 20, "etude"),
    ("\u{202e}abc\u{202c}", 20, "abc"),
    ("a\u{200d}b\u{feff}c", 20, "abc"),
    ("👩‍👩‍👧 x", 20, "👩👩👧 x"),
    ("\u{e000}", 20, "·"),
    ("\u{2028}", 20, "·"),
    ("שלום", 20, "שלום"),
  ])
  func text(_ text: String, _ width: Int, _ expected: String) {
    #expect(line(text, width: width) == expected)
  }

  @Test func asciiFramesHoldAsciiOnly() {
    #expect(line("é日\u{1b}x", width: 10, unicode: false) == "??.x")
    #expect(line("too long for it", width: 8, unicode: false) == "too lon~")
  }

  @Test func longTextsAreNotReadToTheirEnd() {
    let invisible = String(repeating: "\u{200b}", count: 65536) + "x"
    #expect(line(invisible, width: 10) == "")
    #expect(line(String(repeating: "y", count: 65536), width: 10) == "yyyyyyyyy…")
  }

  @Test func anOverwrittenHalfTakesTheOtherWithIt() {
    var frame = Frame(size: ScreenSize(rows: 1, columns: 6))
    frame.put("日日日", row: 0, column: 0, role: .text)
    frame.put("x", row: 0, column: 1, role: .text)
    #expect(frame.isDrawable)
    #expect(frame.text == " x日日\n")
    frame.put("本", row: 0, column: 3, role: .bad)
    #expect(frame.isDrawable)
    #expect(frame.text == " x 本\n")
  }

  @Test func nothingIsDrawnOutside() {
    var frame = Frame(size: ScreenSize(rows: 2, columns: 3))
    frame.put("abc", row: 2, column: 0, role: .text)
    frame.put("abc", row: -1, column: 0, role: .text)
    frame.put("abc", row: 0, column: 3, role: .text)
    frame.put("abc", row: 0, column: -1, role: .text)
    frame.fill(row: 1, from: -5, to: 50, "x", role: .text)
    frame.fill(row: 0, from: 9, to: 12, "x", role: .text)
    frame.restyle(row: 7, from: 0, to: 3, role: .bad)
    #expect(frame.text == "\nxxx\n")
  }

  @Test func numbersEndAtTheRight() {
    var frame = Frame(size: ScreenSize(rows: 1, columns: 8))
    frame.putRight("42", row: 0, column: 1, width: 5, role: .value)
    #expect(frame.text == "    42\n")
  }

  @Test func aResetFrameIsBlank() {
    var frame = Frame(size: ScreenSize(rows: 2, columns: 4))
    frame.put("日", row: 1, column: 1, role: .bad)
    frame.reset(size: frame.size)
    #expect(frame == Frame(size: frame.size))
    frame.reset(size: ScreenSize(rows: 1, columns: 9))
    #expect(frame == Frame(size: ScreenSize(rows: 1, columns: 9)))
  }
}
