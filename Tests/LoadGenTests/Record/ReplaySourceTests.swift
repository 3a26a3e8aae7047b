import Synchronization
import Testing
import ToolSupport

@testable import LoadGen

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// `--replay`: records made here, and a clock that goes when it is told to.
@Suite struct ReplaySourceTests {
  /// A second of the clock is `tick(1)`.
  private final class Hand: Sendable {
    private let now = Mutex<Int64>(0)
    func tick(_ seconds: Double) { now.withLock { $0 += Int64(seconds * 1e9) } }
    var clock: @Sendable () -> Int64 { { self.now.withLock { $0 } } }
  }

  /// So many seconds of a lane that carries a stream each second: it begins, has a head and a byte, and ends with 100 bytes. Every
  /// tenth one is a 502.
  static func record(seconds: Int, isFinished: Bool = true) -> (text: String, counters: Counters) {
    var text = SampleEvents.headerLine()
    var state = RecordState()
    func add(_ event: RecordEvent) {
      state.apply(event)
      text += SampleEvents.line(event)
    }
    for second in 0..<seconds {
      let start = Int64(second) * 1_000_000
      let (stream, isBad) = (second + 1, second % 10 == 9)
      add(.begin(StreamBegin(at: start + 100_000, stream: stream, lane: 0, target: 1)))
      let status = isBad ? 502 : 200
      var head = StreamHead(at: start + 200_000, stream: stream, lane: 0, status: status, protocolName: "http/1.1")
      head.requestID = "r\(stream)"
      add(.head(head))
      add(.firstByte(at: start + 300_000, stream: stream, lane: 0))
      add(.progress(StreamProgress(at: start + 400_000, entries: [.init(lane: 0, bytes: 40, longestGap: 7)])))
      add(.end(end(stream, start, isBad)))
      if second % 10 == 0 { add(.lanes(at: start + 900_000, state.snapshot().lanes)) }
      add(.sample(sample(at: start + 950_000, state.counters)))
    }
    if isFinished {
      let last = sample(at: Int64(seconds) * 1_000_000, state.counters)
      let condition = RecordFinal.Condition(expression: "stream_failed:rate == 0", value: 0.1, passed: false)
      add(.final(RecordFinal(sample: last, interrupted: false, thresholds: [condition], notes: ["a note"])))
    }
    return (text, state.counters)
  }

  private static func end(_ stream: Int, _ start: Int64, _ isBad: Bool) -> StreamRecord {
    var record = StreamRecord()
    (record.stream, record.lane, record.target, record.url) = (stream, 0, 1, SampleEvents.targets[1])
    (record.startedAt, record.endedAt) = (start + 100_000, start + 800_000)
    (record.ttfh, record.ttfb, record.ttlb, record.gapMax) = (100_000, 200_000, 700_000, 7)
    (record.bytesWire, record.status, record.protocolName) = (100, isBad ? 502 : 200, "http/1.1")
    record.requestID = "r\(stream)"
    if isBad { (record.result, record.reason, record.cause) = (.failed, "status 502", .functionError) }
    return record
  }

  private static func sample(at: Int64, _ counters: Counters) -> RecordSample {
    var sample = RecordSample(at: at, counters: counters)
    (sample.concurrency, sample.active) = (1, 0)
    return sample
  }

  private static func source(
    _ folder: TemporaryFolder, _ text: String, exactLimit: Int64 = ReplayTimeline.exactLimit, readingTime: Int64 = .max,
    _ hand: Hand
  ) throws -> ReplaySource {
    try folder.write("r", text)
    return try ReplaySource(
      path: "\(folder.path)/r", exactLimit: exactLimit, readingTime: readingTime, clock: hand.clock)
  }

  @Test func itPlaysAtOnceAndAsFastAsItHappened() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let hand = Hand()
    let source = try Self.source(folder, Self.record(seconds: 3).text, hand)
    let first = source.view(of: nil)
    #expect(first.playback == PlaybackState(position: 0, duration: 3_000_000, isPlaying: true, speed: 1))
    #expect(first.events.isEmpty && first.targets == SampleEvents.targets && first.validation == .compare)
    hand.tick(0.5)
    let half = source.view(of: RunFocus(lane: 0))
    #expect(half.playback?.position == 500_000 && half.snapshot.lanes[0].bytes == 40 && half.snapshot.active == 1)
    #expect(half.events.map(\.time) == [100_000, 200_000, 300_000, 400_000] && half.missedEvents == 0)
    let detail = try #require(half.detail)
    #expect(detail.isRunning && detail.record.requestID == "r1" && detail.record.url == SampleEvents.targets[1])
    #expect(detail.record.gapMax == 7 && detail.arrivals?.bytes.reduce(0, +) == 40)
    source.perform(.playback(.setPlaying(false)))
    hand.tick(60)
    #expect(source.view(of: nil).playback?.position == 500_000)
    source.perform(.playback(.setPlaying(true)))
    source.perform(.playback(.setSpeed(2)))
    hand.tick(0.5)
    #expect(source.view(of: nil).playback?.position == 1_500_000)
    for (wanted, granted) in [(1e9, 100.0), (0, 0.1), (.nan, 0.1)] {
      source.perform(.playback(.setSpeed(wanted)))
      #expect(source.view(of: nil).playback?.speed == granted)
    }
  }

  @Test func itEndsAndSaysSo() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let hand = Hand()
    let (text, counters) = Self.record(seconds: 20)
    let source = try Self.source(folder, text, hand)
    source.perform(.playback(.setSpeed(100)))
    _ = source.view(of: nil)
    hand.tick(1)
    let last = source.view(of: nil)
    #expect(last.playback?.isPlaying == false && last.status == "the end of the record")
    #expect(last.snapshot.phase == .finished && last.snapshot.counters.streams == 20)
    #expect(last.snapshot.counters.failed == 2 && last.snapshot.counters.causes == counters.causes)
    hand.tick(2)
    let latency = try #require(source.view(of: nil).latency)
    #expect(latency.isWhole && latency.shapes[.ttfb]?.count == 20 && latency.shapes[.tls] == nil)
    #expect(abs((latency.shapes[.ttlb]?.mean ?? 0) - 700_000) < 1000)
    #expect(last.snapshot.counters.ttfbBuckets.total == 20)
    let summary = source.summary()
    for words in ["replay of", "20: 18 ok, 2 failed", "2 502 function_error", "FAILED", "stream_failed:rate", "a note"]
    {
      #expect(summary.contains(words), "\(summary)")
    }
    // Played again from its beginning.
    source.perform(.playback(.setPlaying(true)))
    let again = source.view(of: nil)
    #expect(again.isRestart && again.playback?.position == 0 && again.snapshot.counters.streams == 0)
    #expect(!source.view(of: nil).isRestart)
  }

  @Test func aStepGoesToWhatHappensNext() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let source = try Self.source(folder, Self.record(seconds: 2).text, Hand())
    var states: [LaneSnapshot.State?] = []
    var positions: [Int64?] = []
    for _ in 0..<5 {
      source.perform(.playback(.step))
      let view = source.view(of: nil)
      states.append(view.snapshot.lanes.first?.state)
      positions.append(view.playback?.position)
      #expect(view.playback?.isPlaying == false)
    }
    #expect(states == [.waiting, .headers, .streaming, .ended, .waiting])
    #expect(positions == [100_000, 200_000, 300_000, 800_000, 1_100_000])
    source.perform(.playback(.step))
    source.perform(.playback(.step))
    #expect(source.view(of: nil).playback?.position == 1_300_000)
  }

  /// In a record that is read quickly every moment has its exact counts, however one came there; in a larger one those of
  /// the last sample.
  @Test(arguments: [ReplayTimeline.exactLimit, 0]) func going(_ exactLimit: Int64) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let source = try Self.source(folder, Self.record(seconds: 60).text, exactLimit: exactLimit, Hand())
    source.perform(.playback(.setPlaying(false)))
    source.perform(.playback(.seek(to: 50_500_000)))
    let far = source.view(of: nil)
    #expect(far.playback?.position == 50_500_000 && far.isRestart == (exactLimit == 0))
    #expect(far.snapshot.counters.streams == 50 && far.snapshot.lanes[0].stream == 51)
    #expect(far.latency?.isWhole == (exactLimit != 0))
    source.perform(.playback(.move(by: -20_100_000)))
    let back = source.view(of: RunFocus(lane: 0, stream: 30))
    #expect(back.isRestart && back.playback?.position == 30_400_000 && back.snapshot.counters.streams == 30)
    #expect(back.snapshot.counters.failed == 3 && back.snapshot.lanes[0].streams == 30)
    #expect(back.detail?.record.reason == "status 502" && back.detail?.isRunning == false)
    #expect(back.detail?.advice == Advice.text(cause: .functionError))
    source.perform(.playback(.move(by: .max)))
    #expect(source.view(of: nil).playback?.position == 60_000_000)
    source.perform(.playback(.seek(to: .min)))
    #expect(source.view(of: nil).playback?.position == 0)
  }

  /// A view reads for as long as it may; the next one goes on, and nothing is left out.
  @Test func aViewIsNotHeldUp() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (text, counters) = Self.record(seconds: 500)
    let source = try Self.source(folder, text, readingTime: 0, Hand())
    source.perform(.playback(.setPlaying(false)))
    source.perform(.playback(.seek(to: 500_000_000)))
    var (views, events, last) = (0, 0, Int64(-1))
    while true {
      let view = source.view(of: nil)
      let position = try #require(view.playback?.position)
      (views, events) = (views + 1, events + view.events.count + view.missedEvents)
      guard view.status?.hasPrefix("reading up to") == true else {
        #expect(view.snapshot.counters.streams == counters.streams)
        break
      }
      #expect(position > last && view.events.count <= 64)
      last = position
    }
    // Six a second; views of all lanes are in the snapshot.
    #expect(views > 40 && events == 500 * 6 + 1)
  }

  /// A record may be read while it is written: what comes is shown, a torn last line is waited for, a damaged one is counted.
  @Test func aRecordThatGoesOn() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let hand = Hand()
    let whole = Self.record(seconds: 4).text
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: true).map { $0 + "\n" }
    let torn = lines[..<10].joined() + "{\"e\":\"end\",\"t\":oops}\n" + lines[10].dropLast(20)
    let source = try Self.source(folder, torn, hand)
    source.perform(.playback(.setSpeed(100)))
    _ = source.view(of: nil)
    hand.tick(0.5)
    let first = source.view(of: nil)
    #expect(first.status == "the end of what is written so far; 1 damaged line passed over")
    #expect(first.playback?.isPlaying == true && first.snapshot.counters.streams == 1)
    // As a run appends: the same file grows.
    let file = open("\(folder.path)/r", O_WRONLY | O_APPEND)
    defer { close(file) }
    let rest = Array((lines[10].suffix(20) + lines[11...].joined()).utf8)
    try #require(write(file, rest, rest.count) == rest.count)
    hand.tick(1)
    _ = source.view(of: nil)
    hand.tick(1)
    let last = source.view(of: nil)
    #expect(
      last.snapshot.counters.streams == 4 && last.snapshot.phase == .finished && last.playback?.isPlaying == false)
    #expect(last.status?.hasPrefix("the end of the record") == true)
  }

  @Test func aKilledRunHasNoLastWord() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let hand = Hand()
    let source = try Self.source(folder, Self.record(seconds: 1, isFinished: false).text, hand)
    for _ in 0..<6 {
      _ = source.view(of: nil)
      hand.tick(1)
    }
    let view = source.view(of: nil)
    #expect(view.playback?.isPlaying == false && view.status?.contains("without a last word") == true)
    #expect(source.summary().contains("shown up to"))
  }

  @Test func aRecordThatWasSwitchedOffSaysSo() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let hand = Hand()
    let text = Self.record(seconds: 1, isFinished: false).text
    let source = try Self.source(
      folder, text + SampleEvents.line(.notice(at: 1_000_000, LateRecord.switchedOff)), hand)
    for _ in 0..<6 {
      _ = source.view(of: nil)
      hand.tick(1)
    }
    #expect(source.view(of: nil).status == LateRecord.switchedOff)
  }

  @Test func nothingOfARecordCanBeChanged() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let source = try Self.source(folder, Self.record(seconds: 1).text, Hand())
    #expect(source.abilities == [.playback, .streams])
    source.perform(.setConcurrency(3))
    source.perform(.stop(.now))
    #expect(source.view(of: nil).replies.map(\.isFailure) == [true])
    #expect(source.view(of: nil).replies.isEmpty)
  }
}
