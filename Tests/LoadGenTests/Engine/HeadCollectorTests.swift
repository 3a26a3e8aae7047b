import Testing

@testable import LoadGen

@Suite struct HeadCollectorTests {
  /// Feeds lines as libcurl does: each with its line end, the blank one included.
  private func collect(_ lines: String...) -> HeadCollector {
    var collector = HeadCollector()
    for line in lines { _ = feed(&collector, line) }
    return collector
  }

  private func feed(_ collector: inout HeadCollector, _ line: String) -> HeadCollector.Event {
    Array((line + "\r\n").utf8).withUnsafeBytes { collector.receive($0) }
  }

  @Test func statusVersionAndFields() {
    let collector = collect("HTTP/1.1 502 Bad Gateway", "Server:  edge\t", "X-Empty:", "x-a: b: c", "")
    #expect(collector.isComplete)
    #expect(collector.head.status == 502)
    #expect(collector.head.version == "1.1")
    #expect(collector.head.fields.map(\.name) == ["Server", "X-Empty", "x-a"])
    #expect(collector.head.fields.map(\.value) == ["edge", "", "b: c"])
  }

  @Test func onlyTheBlankLineCompletes() {
    var collector = HeadCollector()
    #expect(feed(&collector, "HTTP/1.1 200 OK") == .more)
    #expect(feed(&collector, "A: b") == .more)
    #expect(!collector.isComplete)
    #expect(feed(&collector, "") == .complete)
  }

  @Test func provisionalHeadsLeaveNoTrace() {
    let collector = collect(
      "HTTP/1.1 103 Early Hints", "Link: </a>", "Content-Length: 9", "", "HTTP/1.1 100 Continue", "",
      "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "")
    #expect(collector.head.status == 200)
    #expect(collector.head.fields.count == 1)
    #expect(!collector.hasConflictingFraming)
  }

  @Test func trailersAreIgnored() {
    let collector = collect(
      "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "", "Content-Length: 5", "HTTP/1.1 500 No", "")
    #expect(collector.head.status == 200)
    #expect(collector.head.fields.count == 1)
    #expect(!collector.hasConflictingFraming)
  }

  @Test(arguments: [
    (["Content-Length: 5"], false),
    (["Transfer-Encoding: chunked"], false),
    (["Content-Length: 5", "Transfer-Encoding: chunked"], true),
    (["TRANSFER-encoding: gzip, chunked", "content-LENGTH: 5"], true),
    (["Content-Length: 5", "Content-Length: 5"], false),
    (["Content-Length: 5", "Content-Length: 6"], true),
    (["Content-Length: 5", "Content-Length: five"], true),
    (["Content-Length: 5, 5"], false),
    (["Content-Length: 96, 7"], true),
    (["Content-Length: 96abc"], true),
    (["Content-Length:"], true),
    (["Content-Length: 99999999999999999999"], true),
    (["Content-Length : 5"], true),
    (["X-Any\t: 5"], true),
    (["Transfer-Encoding: Chunked"], false),
    (["Transfer-Encoding: gzip, chunked"], true),
    (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], true),
  ])
  func framing(_ fields: [String], conflicts: Bool) {
    var collector = HeadCollector()
    for line in ["HTTP/1.1 200 OK"] + fields + [""] { _ = feed(&collector, line) }
    #expect(collector.hasConflictingFraming == conflicts)
  }

  @Test func framingIsNotedWhereThereIsNoRoomToKeepIt() {
    var collector = HeadCollector()
    _ = feed(&collector, "HTTP/1.1 200 OK")
    for index in 0..<ResponseHead.maximumFields { _ = feed(&collector, "X-\(index): y") }
    _ = feed(&collector, "Content-Length: 5")
    _ = feed(&collector, "Transfer-Encoding: chunked")
    _ = feed(&collector, "")
    #expect(collector.head.fields.count == ResponseHead.maximumFields + 1)
    #expect(collector.head.droppedFields == 1)
    #expect(collector.hasConflictingFraming)
  }

  @Test func essentialFieldsAreKeptBeyondTheLimits() {
    var collector = HeadCollector(essential: HeadCollector.essentialNames.union(["x-mine"]))
    _ = feed(&collector, "HTTP/1.1 200 OK")
    for index in 0..<ResponseHead.maximumFields { _ = feed(&collector, "X-\(index): y") }
    for line in ["Content-Encoding: gzip", "X-Mine: 1", "X-GzProxy-Any: 2", "X-Other: 3", "  folded"] {
      _ = feed(&collector, line)
    }
    _ = feed(&collector, "Via: " + String(repeating: "a", count: ResponseHead.maximumEssentialBytes))
    let beyond = collector.head.fields.dropFirst(ResponseHead.maximumFields)
    #expect(beyond.map(\.name) == ["Content-Encoding", "X-Mine", "X-GzProxy-Any"])
    #expect(beyond.map(\.value) == ["gzip", "1", "2"])
    for _ in 0..<100 { _ = feed(&collector, "Via: a") }
    #expect(collector.head.fields.count == ResponseHead.maximumFields + ResponseHead.maximumEssentialFields)
  }

  @Test func aStatusLineInsideAHeadIsNone() {
    let collector = collect("HTTP/1.1 502 Bad Gateway", "A: b", "HTTP/1.1 200 OK", "C: d", "")
    #expect(collector.head.status == 502)
    #expect(collector.head.fields.map(\.name) == ["A", "C"])
  }

  @Test(arguments: [("1.0", "1.0"), ("1.1", "1.1"), ("2", "2"), ("\u{1b}[m", "1.1"), ("9.9", "1.1")])
  func onlyKnownVersionsAreNamed(_ received: String, _ named: String) {
    #expect(collect("HTTP/\(received) 200 OK", "").head.version == named)
  }

  @Test func headsAndTrailersEnd() {
    let kilobyte = "X: " + String(repeating: "a", count: 1019)
    var endless = HeadCollector()
    var taken = 0
    while taken < 2000, feed(&endless, "HTTP/1.1 100 Continue") == .more, feed(&endless, kilobyte) == .more,
      feed(&endless, "") == .more
    { taken += 1 }
    #expect((480...512).contains(taken))

    var trailing = collect("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "")
    for _ in 0..<64 { #expect(feed(&trailing, kilobyte) == .trailer) }
    #expect(feed(&trailing, "A: b") == .tooMuch)
    trailing.reset()
    #expect(feed(&trailing, "HTTP/1.1 200 OK") == .more)
  }

  @Test func aLongFieldIsDroppedAndCounted() {
    let collector = collect("HTTP/1.1 200 OK", "X: " + String(repeating: "a", count: 9000), "Y: z", "")
    #expect(collector.head.fields.map(\.name) == ["Y"])
    #expect(collector.head.droppedFields == 1)
  }

  @Test func declaredLengths() {
    #expect(collect("HTTP/1.1 200 OK", "Content-Length: 7", "").declaredLength == 7)
    #expect(collect("HTTP/1.1 200 OK", "Content-Length: -7", "").declaredLength == nil)
    #expect(collect("HTTP/1.1 200 OK", "Content-Length: 99999999999999999999", "").declaredLength == nil)
    #expect(collect("HTTP/1.1 200 OK", "x-amzn-Remapped-Content-Length: 8", "").declaredLength == 8)
    #expect(
      collect("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "x-gzproxy-content-length: 9", "").declaredLength == 9)
  }

  @Test func notedFields() {
    let noted = collect(
      "HTTP/1.1 200 OK", "X-Request-Id: r1", "x-gzproxy-instance: i1", "x-gzproxy-rss-bytes: 4096", ""
    ).noted
    #expect(noted.requestID == "r1")
    #expect(noted.instance == "i1")
    #expect(noted.rssBytes == 4096)
  }

  @Test func invalidTextIsRepairedAndFoldsAreJoined() {
    var collector = HeadCollector()
    _ = feed(&collector, "HTTP/1.1 200 OK")
    let raw: [UInt8] = Array("X: a".utf8) + [0xff] + Array("b\r\n".utf8)
    _ = raw.withUnsafeBytes { collector.receive($0) }
    _ = feed(&collector, "  more")
    _ = feed(&collector, "no colon here")
    _ = feed(&collector, "")
    #expect(collector.head.fields == [ResponseHead.Field(name: "X", value: "a\u{fffd}b more")])
  }

  @Test(arguments: ["HTTP/1.1", "HTTP/1.1 OK", "HTTP/1.1 20 OK", "HTTP/", "HTTP/1.1.1 200 OK"])
  func aStatusLineWithoutAStatusIsNoHead(_ line: String) {
    #expect(!collect(line, "A: b", "").isComplete)
  }
}
