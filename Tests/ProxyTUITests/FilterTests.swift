import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct FilterTests {
  private func row(_ change: (inout LaneSnapshot) -> Void = { _ in }) -> StreamRow {
    var lane = LaneSnapshot(lane: 12)
    lane.state = .ended
    lane.stream = 345
    lane.status = 502
    lane.bytes = 5 << 20
    lane.ttfbSeconds = 0.25
    lane.transport = .complete
    lane.verdict = .unchecked
    lane.result = .failed
    lane.instance = "env-3"
    lane.lastCause = "502 Length_and_chunked"
    change(&lane)
    return StreamRow(
      key: .lane(12), lane: lane, isPinned: false, url: "http://127.0.0.1:8080/a?b=c", memory: nil, rate: 0)
  }

  @Test(arguments: [
    ("length_and_chunked", "AND", true), ("Über-Strom", "ÜBER", true), ("Straße", "SE", false), ("abc", "", true),
    ("", "a", false), ("aab", "ab", true), ("ab", "abc", false), ("K", "\u{212a}", true), ("@[", "`{", false),
    ("e\u{301}t\u{e9}", "\u{c9}T", true),
  ])
  func textsAreFoundWhateverTheCase(_ text: String, _ wanted: String, _ isFound: Bool) {
    #expect(FoldedSearch.contains(text, wanted.lowercased()) == isFound)
    #expect(text.lowercased().contains(wanted.lowercased()) == isFound || wanted.isEmpty)
  }

  @Test(arguments: [
    "", "502", "length_AND", "env-3", "!reset", "cause:length", "cause:reset|length", "reset|length", "status=502",
    "status>=500", "status:50", "status!=200", "bytes>4MiB", "bytes<=5MiB", "ttfb=250ms", "ttfb<1s", "lane=12",
    "stream:345", "instance=env-3", "instance=ENV-3|env-4", "!instance:env-4 status>500", "http://127.0.0.1",
    "url:?b=c",
    "verdict:unchecked transport:complete", "state=failed", "!memory>0", "STATUS=502",
  ])
  func passes(_ text: String) throws { #expect(try Filter(text).matches(row())) }

  @Test(arguments: [
    "reset", "!502", "cause:timeout", "status=200", "status<500", "bytes>5MiB", "ttfb>250ms", "lane!=12", "memory>=0",
    "memory:1", "instance=env", "!status>=500", "502 reset", "protocol:h2", "state=valid",
  ])
  func refuses(_ text: String) throws { #expect(try !Filter(text).matches(row())) }

  @Test(arguments: [
    ("colour:red", "no field “colour”"), ("status>=", "a value is missing"), ("status>high", "compare with a number"),
    ("ttfb<5parsecs", "compare with a number"), ("bytes:", "a value is missing"),
  ])
  func faultsSayTheWayOut(_ text: String, _ words: String) {
    do {
      _ = try Filter(text)
      Issue.record("accepted")
    } catch {
      #expect(error.text.contains(words))
    }
  }

  /// What a person types is bounded, and an exclamation mark alone is a word.
  @Test func oddTexts() throws {
    #expect(try Filter(String(repeating: "a ", count: 5000)).terms.count == Filter.limit / 2)
    #expect(try Filter("!").matches(row { $0.lastCause = "what!" }))
    #expect(try Filter("   ").isEmpty)
    #expect(try Filter(">5").terms == [Filter.Term(field: nil, test: .contains([">5"]))])
  }

  @Test func sortingIsStableAndPutsNothingLast() {
    let rows = [3.0, nil, 1, 3, nil, 2].map { time in row { $0.ttfbSeconds = time } }
    var order = SortOrder(.ttfb)
    #expect(order.isDescending)
    #expect(order.order(of: rows.map { $0.value(.ttfb) }) == [0, 3, 5, 2, 1, 4])
    order.isDescending = false
    #expect(order.order(of: rows.map { $0.value(.ttfb) }) == [2, 5, 0, 3, 1, 4])
  }

  @Test func sortKeysGoRound() {
    var list = ListState()
    let fields: [Field] = [.lane, .bytes]
    var seen: [Field?] = []
    for _ in 0..<4 {
      list.sortByNext(of: fields)
      seen.append(list.sort?.field)
    }
    #expect(seen == [.lane, .bytes, nil, .lane])
    list.sort(by: .bytes)
    #expect(list.sort == SortOrder(.bytes))
    list.sort(by: .bytes)
    #expect(list.sort?.isDescending == false)
    list.sort(by: .bytes)
    #expect(list.sort == nil)
  }
}
