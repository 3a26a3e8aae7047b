import Testing

@testable import LoadGen

/// A lane's collector compares a head with its last one: whatever came before, it says what a new one says.
@Suite struct RememberedHeadTests {
  /// What a stream receives before it ends, whole or not.
  private struct Arrival {
    var lines: [String]
    var stopsAtRedirect = false
  }

  /// What is seen of a collector.
  private struct Seen: Equatable {
    var head: ResponseHead
    var noted: HeadCollector.Noted
    var declared: Int64?
    var isConflicting: Bool
    var isComplete: Bool
    var events: [HeadCollector.Event]

    init(_ collector: HeadCollector, _ events: [HeadCollector.Event]) {
      head = collector.head
      noted = collector.noted
      declared = collector.declaredLength
      isConflicting = collector.hasConflictingFraming
      isComplete = collector.isComplete
      self.events = events
    }
  }

  private static let plain = ["HTTP/1.1 200 OK", "Server: a", "Date: Mon", "Content-Length: 5", "X-Request-Id: 1", ""]
  private static let pool: [[String]] = [
    plain,
    ["HTTP/1.1 200 OK", "Server: a", "Date: Tue", "Content-Length: 5", "X-Request-Id: 1", ""],
    ["HTTP/1.1 200 OK", "Server: a", "Date: Mon", "Content-Length: 5", "X-Request-Id: 2", ""],
    // One line more, one less, another order, a longer value that begins the same.
    plain.dropLast() + ["X: y", ""],
    ["HTTP/1.1 200 OK", "Server: a", "Date: Mon", ""],
    ["HTTP/1.1 200 OK", "Date: Mon", "Server: a", "Content-Length: 5", "X-Request-Id: 1", ""],
    ["HTTP/1.1 200 OK", "Server: ab", "Date: Mon", "Content-Length: 55", ""],
    ["HTTP/1.1 200 OK", "Content-Length: 5", "Transfer-Encoding: chunked", ""],
    ["HTTP/1.1 200 OK", "Content-Length: 5", "Content-Length: 6", ""],
    ["HTTP/1.1 200 OK", "X-A: 1", " folded", "x-gzproxy-rss-bytes: 9", ""],
    ["HTTP/1.1 103 Early Hints", "Link: </a>", "", "HTTP/1.1 200 OK", "Server: a", ""],
    ["HTTP/1.1 100 Continue", ""] + plain,
    ["HTTP/1.1 302 Found", "Location: /b", ""] + plain,
    ["HTTP/1.1 502 Bad Gateway", "Server: edge", "Content-Length: 0", ""],
    // Too long to be remembered.
    ["HTTP/1.1 200 OK", "X-Long: " + String(repeating: "v", count: RememberedHead.limit), "Content-Length: 5", ""],
    // Trailers are no head.
    plain + ["X-Trailer: 1", "Content-Length: 9"],
  ]

  private func feed(_ collector: inout HeadCollector, _ arrival: Arrival) -> Seen {
    var events: [HeadCollector.Event] = []
    for line in arrival.lines { events.append(Array((line + "\r\n").utf8).withUnsafeBytes { collector.receive($0) }) }
    if arrival.stopsAtRedirect { collector.stopAtRedirect() }
    collector.settle()
    return Seen(collector, events)
  }

  @Test(arguments: 0..<40 as Range<UInt64>, [false, true])
  func saysWhatANewCollectorSays(seed: UInt64, followsRedirects: Bool) {
    var random = GzipFixture.Random(state: seed &* 77 &+ 1)
    var kept = HeadCollector(followsRedirects: followsRedirects)
    for _ in 0..<60 {
      // Mostly the same few, or nothing would be remembered for long.
      let lines = Self.pool[random.below(3) == 0 ? random.below(Self.pool.count) : random.below(3)]
      let isCut = random.below(4) == 0
      let arrival = Arrival(
        lines: isCut ? Array(lines.prefix(random.below(lines.count + 1))) : lines, stopsAtRedirect: random.below(2) == 0
      )
      var new = HeadCollector(followsRedirects: followsRedirects)
      let (known, fresh) = (feed(&kept, arrival), feed(&new, arrival))
      #expect(known == fresh, "\(arrival.lines)")
      kept.reset()
    }
  }

  /// The path that makes it cheap is taken, and left at the first byte that differs.
  @Test func comparesUntilALineDiffers() {
    var memory = RememberedHead()
    let bytes = Self.plain.map { Array(($0 + "\r\n").utf8) }
    func compare(_ line: [UInt8]) -> String {
      switch line.withUnsafeBytes({ memory.compare($0) }) {
      case .same: "same"
      case .sameToTheEnd: "end"
      case .other: "other"
      }
    }
    memory.begin()
    #expect(compare(bytes[0]) == "other")
    for line in bytes { line.withUnsafeBytes { memory.write($0) } }
    memory.end(HeadCollector.Lines())
    memory.begin()
    #expect(bytes.map(compare) == Array(repeating: "same", count: bytes.count - 1) + ["end"])
    #expect(compare([13, 10]) == "other")
    memory.begin()
    #expect(compare(bytes[0]) == "same")
    #expect(compare(bytes[2]) == "other")
    let again = memory.takeCompared()
    #expect(again?.bytes.starts(with: bytes[0]) == true && again?.ends == [bytes[0].count])
    #expect(memory.takeCompared() == nil)
  }
}
