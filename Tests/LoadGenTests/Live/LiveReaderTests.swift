import Synchronization
import Testing

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Readers of `/events` that do not read: they cost nothing, and learn the end.
@Suite struct LiveReaderTests {
  @Test(
    arguments: [
      ([], 1000), ([.max], 1000), ([5_000_000_000], 1000), ([1_000_000], 1), ([1], 1), ([0], 0), ([-5], 0),
      ([.max, 20_000_000, 30_000_000], 20),
    ] as [([Int64], Int32)]) func patience(_ moments: [Int64], _ milliseconds: Int32)
  {
    #expect(LiveServer.patience(now: 0, until: moments) == milliseconds)
    #expect(LiveServer.patience(now: 7_000, until: moments.map { $0.saturatingAdd(7_000) }) == milliseconds)
  }

  /// A reader that stopped reading in the middle of the feed stays, and its old deadline does not keep the thread awake.
  @Test func aStalledReaderLetsTheListenerSleep() throws {
    var ends: [Int32] = [-1, -1]
    #if canImport(Glibc)
      let type = Int32(SOCK_STREAM.rawValue)
    #else
      let type = SOCK_STREAM
    #endif
    try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
    let pages = LivePages(feed: EventFeed {}) { nil }
    let connection = LiveConnection(descriptor: ends[0], pages: pages, now: 0)
    var request = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"
    request.withUTF8 { _ = write(ends[1], $0.baseAddress, $0.count) }
    connection.readable(now: 1)
    let writer = EventFeedWriter(feed: pages.feed) { nil }
    let header = [UInt8](repeating: 0x20, count: 8 << 20)
    header.withUnsafeBytes { writer.begin($0) }
    connection.writable(now: 2)
    #expect(connection.wantsWrite, "the socket took all of it")
    let later = LiveConnection.writeTime * 100
    connection.checkTime(now: later)
    guard case .feeding = connection.stage else {
      Issue.record("a slow reader was sent away")
      return
    }
    #expect(LiveServer.patience(now: later, until: [connection.deadline]) == 1000)
    // Somebody who does not take a page is sent away, and waits for nothing either.
    pages.feed.leave(1)
    connection.end()
    #expect(connection.stage == .over)
  }

  private static func hand(_ event: RecordEvent, to writer: EventFeedWriter) {
    let line = LineBuffer()
    RecordEncoder(targets: SampleEvents.targets).encode(event, into: line)
    writer.take(event, line: line.bytes)
  }

  private static let final = RecordEvent.final(
    RecordFinal(sample: RecordSample(at: 77), interrupted: false, thresholds: [], notes: ["the end"]))

  /// The queue is full when the run ends: what was missed is said, and then the last word, whole and once.
  @Test(arguments: [0, 1]) func aFullQueueStillGetsTheEnd(_ read: Int) throws {
    let feed = EventFeed {}
    let writer = EventFeedWriter(feed: feed) { nil }
    var header = SampleEvents.headerLine()
    header.withUTF8 { writer.begin(UnsafeRawBufferPointer($0)) }
    let client = try #require(feed.join())
    var events = 0
    while feed.state.withLock({ $0.queues[client]?.missingEvents }) == 0, events < 1_000_000 {
      for _ in 0..<500 { Self.hand(.end(SampleEvents.record("x")), to: writer) }
      events += 500
      writer.settle(now: 5)
    }
    var got = read > 0 ? feed.take(client).bytes : []
    Self.hand(Self.final, to: writer)
    writer.finish()
    let (rest, isLast) = feed.take(client)
    got += rest
    #expect(isLast)
    let told = try SampleEvents.parsed(String(decoding: got, as: UTF8.self)).events
    #expect(told.last == Self.final)
    let gaps = told.compactMap { event in if case .gap(let gap) = event { gap } else { nil } }
    let ends = told.count { if case .end = $0 { true } else { false } }
    #expect(gaps.count == 1 && ends + (gaps.first?.events ?? 0) == events)
    #expect(told.count { if case .final = $0 { true } else { false } } == 1)
  }

  /// Lines that nobody was there for are nobody's gap.
  @Test func whoComesLaterHasMissedNothing() throws {
    let feed = EventFeed {}
    let writer = EventFeedWriter(feed: feed) { nil }
    let first = try #require(feed.join())
    for _ in 0..<10 { Self.hand(.notice(at: 1, "x"), to: writer) }
    feed.leave(first)
    writer.settle(now: 1)
    let second = try #require(feed.join())
    for _ in 0..<3 { Self.hand(.notice(at: 2, String(repeating: "y", count: 600_000)), to: writer) }
    writer.settle(now: 2)
    writer.finish()
    let text = String(decoding: feed.take(second).bytes, as: UTF8.self)
    #expect(text.contains("\"events\":3"), "\(text)")
  }
}
