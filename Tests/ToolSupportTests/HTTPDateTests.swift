import Testing
import ToolSupport

@Suite struct HTTPDateTests {
  @Test(
    arguments: [
      (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
      (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
    ] as [(Int64, String)])
  func isThatOfHTTP(_ seconds: Int64, _ text: String) { #expect(HTTPDate.format(seconds) == text) }

  @Test func theTextIsThatOfItsSecond() {
    var date = HTTPDate()
    let texts = [784_111_777, 784_111_777, 784_111_778].map { date.text(seconds: $0) }
    #expect(texts.map { $0.suffix(6) } == ["37 GMT", "37 GMT", "38 GMT"])
  }

  /// A year beyond a calendar's is no reason to end.
  @Test func noSecondTraps() {
    for seconds in [Int64.min, .max] { #expect(!HTTPDate.format(seconds).isEmpty) }
  }
}
