import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct FailureBookTests {
  @Test func timesAreThoseOfTheRises() {
    var book = FailureBook()
    book.take([], at: 0.1)
    book.take([FailureCount("reset", 2)], at: 5)
    book.take([FailureCount("reset", 2)], at: 6)
    book.take([FailureCount("reset", 3), FailureCount("truncated", 9)], at: 7.5)
    book.mark(at: 8)
    #expect(book.kinds.map(\.name) == ["truncated", "reset"])
    #expect(book.kinds[1].first == 5 && book.kinds[1].last == 7.5 && book.kinds[1].count == 3)
  }

  /// Who comes in the middle does not know when it began, and has seen no rate yet; whoever joins has waited for the first word.
  @Test(arguments: [false, true]) func whatWasThereBeforeHasNoBeginning(isJoined: Bool) {
    var book = FailureBook()
    if isJoined { book.take([], at: 0) }
    book.take([FailureCount("reset", 200)], at: 60)
    book.mark(at: 60.5)
    book.take([FailureCount("reset", 200), FailureCount("cut", 1)], at: 61)
    book.mark(at: 61.5)
    #expect(book.kinds[0].first == nil && book.kinds[0].last == nil && book.kinds[0].rate == 0)
    #expect(book.kinds[1].first == 61)
  }

  /// What is explained by something else now has become less; that is no new failure.
  @Test func aCountThatFallsIsNoNews() {
    var book = FailureBook()
    book.take([], at: 0.1)
    book.take([FailureCount("truncated", 9)], at: 1)
    book.take([FailureCount("truncated", 4)], at: 2)
    #expect(book.kinds[0].count == 4 && book.kinds[0].last == 1)
  }

  /// Who goes to a moment of a record passes by every failure before it.
  @Test func whatWasPassedByHasItsTimes() {
    var book = FailureBook()
    for second in 0..<60 { book.note("reset", at: Double(second) + 0.3) }
    for second in 0..<5 { book.note("cut", at: Double(second)) }
    book.note("missed length", at: 40)
    book.take(
      [FailureCount("reset", 60), FailureCount("cut", 5), FailureCount("missed length", 9)], at: 60)
    let kinds = Dictionary(uniqueKeysWithValues: book.kinds.map { ($0.name, $0) })
    #expect(kinds["reset"]?.first == 0.3 && kinds["reset"]?.last == 59.3)
    #expect(abs((kinds["reset"]?.rate ?? 0) - 1) < 0.11)
    #expect(kinds["cut"]?.first == 0 && kinds["cut"]?.last == 4 && kinds["cut"]?.rate == 0)
    // More were counted than were seen.
    #expect(kinds["missed length"]?.first == nil)
  }

  @Test func aLogIsInTheOrderOfTime() {
    var log = EventLog()
    for time in [1, 5, 3, 5, 4, 0.5] { log.add(EventLog.Entry(time: time, kind: .notice, text: "\(time)")) }
    #expect(log.entries.map(\.time) == [0.5, 1, 3, 4, 5, 5])
    #expect(Set(log.entries.map(\.number)).count == 6)
  }

  @Test func ratesAreOfTheLastTenSeconds() {
    var book = FailureBook()
    for half in 1...40 {
      book.take([FailureCount("reset", half * 5)], at: Double(half) / 2)
      book.mark(at: Double(half) / 2)
    }
    #expect(abs(book.kinds[0].rate - 10) < 0.1)
    for half in 41...70 { book.mark(at: Double(half) / 2) }
    #expect(book.kinds[0].rate == 0)
  }

  /// A run of a tenth of a second has no thousand failures a second.
  @Test func aRateBeginsWithTheViewBefore() {
    var book = FailureBook()
    book.take([FailureCount("reset", 15)], at: 0.115)
    book.mark(at: 0.12)
    #expect(book.kinds[0].rate == 125)
  }

  @Test func evidenceFindsItsKindBeforeAndAfterItWasCounted() {
    var book = FailureBook()
    book.take(Sample.evidence)
    book.take([FailureCount("502 length_and_chunked", 1)], at: 1)
    #expect(book.kinds[0].advice == Sample.evidence.advice)
    for _ in 0..<9 { book.take(Sample.evidence) }
    #expect(book.kinds[0].evidence.count == FailureBook.evidencePerKind)
  }

  @Test(arguments: [
    ("status 502", FailureCause.functionError as FailureCause?, "502 function_error"), ("reset", nil, "reset"),
    ("expectation length", nil, "missed length"), ("status 404", nil, "status 404"),
    ("truncated", .unknown, "truncated"),
  ])
  func kindsHaveTheFailureLinesNames(_ outcome: String, _ cause: FailureCause?, _ name: String) {
    var piece = Sample.evidence
    piece.outcome = outcome
    piece.cause = cause
    #expect(FailureBook.kind(of: piece) == name)
  }

  @Test func theLogIsBounded() {
    var log = EventLog()
    for number in 0..<EventLog.limit * 3 {
      log.add(EventLog.Entry(time: Double(number), kind: .notice, text: "\(number)"))
    }
    #expect(log.entries.count <= EventLog.limit && log.entries.last?.text == "\(EventLog.limit * 3 - 1)")
    #expect(log.entries.count + log.dropped == EventLog.limit * 3)
  }

  @Test func textIsWrappedAtBlanksAndLongWordsAnywhere() {
    #expect(TextWrap.lines("a bb ccc dddd", width: 6) == ["a bb", "ccc", "dddd"])
    #expect(TextWrap.lines("aaaaaaaaaa b", width: 4) == ["aaaa", "aaaa", "aa b"])
    #expect(TextWrap.lines("", width: 4).isEmpty && TextWrap.lines("a", width: 0).isEmpty)
  }
}
