import Testing

@testable import ProxyTUI

@Suite struct CellTextTests {
  @Test func wrapsAtBlanksAndInsideOfLongWords() {
    #expect(CellText.wrap("one two three", width: 7, limit: 9) == ["one two", "three"])
    #expect(CellText.wrap("  abcdefgh ij", width: 3, limit: 9) == ["abc", "def", "gh", "ij"])
    #expect(CellText.wrap("漢字漢字", width: 5, limit: 9) == ["漢字", "漢字"])
    #expect(CellText.wrap("", width: 5, limit: 9).isEmpty)
    #expect(CellText.wrap("a", width: 0, limit: 9).isEmpty)
  }

  /// The last line is longer than its place, which is how the frame knows that something is missing.
  @Test func whatIsLeftOverIsCut() {
    let lines = CellText.wrap("aaa bbb ccc ddd eee", width: 3, limit: 2)
    #expect(lines.count == 2)
    #expect(lines.first == "aaa")
    #expect(CellText.width(lines.last ?? "", limit: 99) > 3)
  }

  @Test func aTextOfAnyLengthIsNotReadToItsEnd() {
    let long = String(repeating: "x", count: 5_000_000)
    #expect(CellText.wrap(long, width: 10, limit: 3).joined().utf8.count < 60)
    #expect(CellText.width(long, limit: 7) == 7)
  }
}
