import Testing

@testable import LoadGen

/// The bounded way of events to a dashboard.
@Suite struct StreamFeedTests {
  private func offer(_ events: [RecordEvent], to feed: StreamFeed) {
    for event in events { feed.take(event, line: UnsafeRawBufferPointer(start: nil, count: 0)) }
  }

  private func events(_ times: Range<Int64>) -> [RecordEvent] {
    times.map { .firstByte(at: $0, stream: 1, lane: 1) }
  }

  @Test func whatHasNoRoomIsCounted() {
    let feed = StreamFeed(limit: 10)
    offer(events(0..<13), to: feed)
    let first = feed.take()
    #expect(first.events == events(0..<10) && first.missed == 3)
    offer(events(20..<22), to: feed)
    let second = feed.take()
    #expect(second.events == events(20..<22) && second.missed == 0)
    #expect(feed.take().events.isEmpty)
  }

  @Test func whatWasLostBeforeIsCountedToo() {
    let feed = StreamFeed()
    offer([.gap(RecordGap(at: 1, ends: 2, events: 7)), .gap(RecordGap(at: 1, ends: nil, events: -7))], to: feed)
    #expect(feed.take().missed == 7)
    #expect(!feed.wantsLines)
  }

  @Test func whatSnapshotsHaveIsLeftOut() {
    let feed = StreamFeed()
    offer([.sample(RecordSample(at: 1)), .lanes(at: 1, [LaneSnapshot(lane: 0)]), .notice(at: 2, "x")], to: feed)
    #expect(feed.take().events == [.notice(at: 2, "x")])
  }

  @Test func everyStreamOfARunIsTold() throws {
    let live = try LiveHarness({ _ in [.send(EngineHarness.hello)] }) {
      $0.streams = 300
      $0.concurrency = 4
      $0.threads = 2
    }
    let result = live.finish(nil)
    #expect(live.view().missedEvents == 0)
    let ends = live.events.compactMap { if case .end(let record) = $0 { record.stream } else { nil } }
    #expect(ends.sorted() == Array(1...300))
    #expect(result.counters.ok == 300)
  }
}
