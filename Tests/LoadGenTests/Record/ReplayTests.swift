import Testing
import ToolSupport

@testable import LoadGen

/// A run that was recorded, and what is seen when it is played again.
@Suite struct ReplayTests {
  /// Good streams, a 502, bodies that are cut, and slow ones; recorded to a file.
  private static func recorded(
    _ folder: TemporaryFolder, pieces: Int = 5, streams: Int = 60
  ) throws -> (result: RunResult, path: String) {
    let server = try ScriptedServer { request in
      switch request.number % 5 {
      case 0: [.send("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\nX-Request-Id: r\"1\r\n\r\nbad")]
      case 1: [.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"), .close]
      case 2:
        [.send("HTTP/1.1 200 OK\r\nX-Gzproxy-Instance: i-1\r\nContent-Length: \(pieces * 5)\r\n\r\n")]
          + (0..<pieces).flatMap { _ in [.wait(milliseconds: 60), .send("hello")] }
      default: [.send(EngineHarness.hello)]
      }
    }
    defer { server.stop() }
    let path = "\(folder.path)/record"
    let plan = EngineHarness.plan(server.url()) {
      $0.streams = streams
      $0.concurrency = 4
      $0.threads = 2
    }
    var report = OutputPlan.Report(format: .csv)
    report.file = "\(folder.path)/rows"
    let outputs = try LiveOutputs(
      plan: plan, reports: [report], observation: ObservationPlan(record: path), lab: nil, toolName: "gzload",
      ownsScreen: false)
    let engine = try LoadEngine(plan: plan, memory: NoTargetMemory(), events: outputs.hub)
    outputs.attach(engine)
    let monitor = RunMonitor(control: engine, observers: outputs.observers())
    try engine.start()
    monitor.start()
    var result: RunResult? = engine.wait()
    monitor.stop()
    #expect(outputs.finish(&result) == [])
    return (try #require(result), path)
  }

  @Test func theEndHasTheReportsTotals() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (result, path) = try Self.recorded(folder)
    #expect(result.counters.failed > 0 && result.counters.ok > 0)
    let counters = Self.told(result.counters)
    let timeline = try ReplayTimeline(path: path)
    // Folded from the streams alone, before the final event says it.
    while let event = timeline.step() {
      guard case .final(let final) = event else { continue }
      #expect(final.sample.counters == counters)
      #expect(final.thresholds.map(\.passed) == [false, true])
    }
    #expect(timeline.isAtEnd && timeline.damagedLines == 0)
    var folded = RecordState()
    let reader = try RecordReader(path: path)
    while let event = reader.next() { if case .final = event {} else { folded.apply(event) } }
    #expect(folded.isExact)
    #expect(folded.counters == counters)
    #expect(Self.told(timeline.snapshot().counters) == counters)
    #expect(timeline.snapshot().counters.ttfbBuckets == result.counters.ttfbBuckets)
    #expect(timeline.snapshot().counters.ttlbBuckets == result.counters.ttlbBuckets)
    #expect(timeline.snapshot().phase == .finished)
    #expect(timeline.snapshot().active == 0)
    #expect(timeline.state.evidence.sorted { $0.stream < $1.stream }.prefix(1) == result.evidence.prefix(1))
    let rows = try folder.text("rows").split(separator: "\n")
    #expect(rows.count == result.counters.streams + 1)
    #expect(Set(rows.dropFirst().compactMap { Int($0.prefix { $0 != "," }) }) == Set(1...60))
  }

  /// One run, one judgement: the record's last line says of each threshold what the report says.
  @Test func theLastWordIsTheReports() throws {
    var result = SampleResults.passed
    result.plan.thresholds = Threshold.implicit + [try Threshold.parse("streams:rate > 10")]
    for aborted in [nil, Abort(expression: "stream_failed:rate == 0", value: 0.5, shown: "50%", atSeconds: 1)] {
      result.aborted = aborted
      let (final, report) = (RecordFinal(result), RunReport(result))
      #expect(final.thresholds.map(\.expression) == report.thresholds.map(\.expression))
      #expect(final.thresholds.map(\.passed) == report.thresholds.map(\.passed))
      #expect(final.thresholds.map(\.value) == report.thresholds.map(\.value))
      #expect(final.thresholds.map(\.passed) == [aborted == nil, true, true])
      #expect(final.thresholds[2].value == 50)
    }
  }

  /// Streams tell their bytes at their end, samples those of running ones too: played or sought, a moment has the same bytes,
  /// and none twice.
  @Test func bytesOfRunningStreamsAreCountedOnce() {
    func sample(_ at: Int64, streams: Int, wire: Int64) -> RecordEvent {
      var sample = RecordSample(at: at)
      (sample.counters.streams, sample.counters.bytesWire, sample.counters.bytesDecoded) = (streams, wire, 4 * wire)
      return .sample(sample)
    }
    var record = SampleEvents.barest
    (record.bytesWire, record.bytesDecoded) = (1000, 4000)
    let events: [(RecordEvent, Int64)] = [
      (sample(1, streams: 0, wire: 400), 400), (sample(2, streams: 0, wire: 900), 900), (.end(record), 1000),
      (sample(4, streams: 1, wire: 1300), 1300), (.end(record), 2000), (sample(5, streams: 2, wire: 2000), 2000),
    ]
    var (played, joined) = (RecordState(), RecordState(isWhole: false))
    for (event, wire) in events {
      played.apply(event)
      joined.apply(event)
      #expect(played.counters.bytesWire == wire && played.counters.bytesDecoded == 4 * wire)
      if case .sample = event { #expect(joined.counters.bytesWire == wire) }
    }
    #expect(played.counters.streams == 2 && played.isExact)
  }

  /// Who joined late sees streams end when they end, and each of them once.
  @Test func endsAfterASampleAreCountedUntilTheNextOne() {
    func sample(_ at: Int64, streams: Int) -> RecordEvent {
      var counters = Counters()
      (counters.streams, counters.ok) = (streams, streams)
      return .sample(RecordSample(at: at, counters: counters))
    }
    func end(_ stream: Int, at: Int64, failed: Bool = false) -> RecordEvent {
      var record = SampleEvents.barest
      (record.stream, record.startedAt, record.endedAt, record.isWarmUp) = (stream, at - 5, at, stream == 0)
      record.bytesDecoded = 4000
      if failed { (record.result, record.reason, record.transport) = (.failed, "cut", .cut) }
      return .end(record)
    }
    var joined = RecordState(isWhole: false)
    let steps: [(RecordEvent, Int)] = [
      (sample(1000, streams: 70), 70), (end(71, at: 1100), 71), (end(72, at: 1200, failed: true), 72),
      // In the sample already.
      (end(70, at: 990), 72), (end(0, at: 1300), 72), (sample(2000, streams: 73), 73), (end(74, at: 2100), 74),
    ]
    for (event, streams) in steps {
      joined.apply(event)
      #expect(joined.counters.streams == streams && joined.counters.bytesDecoded == 0)
      if streams == 72 { #expect(joined.counters.failed == 1 && joined.counters.transport[.cut] == 1) }
    }
  }

  /// A sample that was taken before ends that were told already takes none of them back, and the next one has them all.
  @Test func whatWasCountedIsNotTakenBack() {
    func sample(_ at: Int64, streams: Int, wire: Int64) -> RecordEvent {
      var counters = Counters()
      (counters.streams, counters.ok, counters.bytesWire) = (streams, streams, wire)
      return .sample(RecordSample(at: at, counters: counters))
    }
    func end(_ stream: Int, at: Int64) -> RecordEvent {
      var record = SampleEvents.barest
      (record.stream, record.startedAt, record.endedAt, record.bytesWire) = (stream, at - 5, at, 10)
      return .end(record)
    }
    var joined = RecordState(isWhole: false)
    let steps: [(event: RecordEvent, streams: Int, wire: Int64)] = [
      // Nothing is known yet of the run as a whole.
      (end(1, at: 900), 0, 0), (sample(1000, streams: 70, wire: 700), 70, 700),
      (end(71, at: 1100), 71, 710), (end(72, at: 1990), 72, 720),
      (sample(2000, streams: 71, wire: 715), 72, 715), (end(73, at: 2001), 73, 725),
      // Of before, by another hand.
      (sample(1500, streams: 99, wire: 999), 73, 725),
      (sample(3000, streams: 74, wire: 741), 74, 741), (end(75, at: 3050), 75, 751), (.reset(at: 3100), 0, 0),
      (end(76, at: 3200), 1, 10), (sample(4000, streams: 2, wire: 20), 2, 20),
      // A reset that nobody told of: once it is not believed, twice it is.
      (sample(5000, streams: 1, wire: 9), 2, 9), (sample(6000, streams: 1, wire: 9), 1, 9),
    ]
    for step in steps {
      joined.apply(step.event)
      #expect(joined.counters.streams == step.streams && joined.counters.bytesWire == step.wire, "\(step)")
      #expect((joined.snapshot().elapsedSeconds == 0) == (step.streams == 0 && joined.time == 900))
    }
  }

  /// However many fail after it, a stream with a proof can be opened.
  @Test func aProvenStreamIsKept() {
    var state = RecordState()
    var record = SampleEvents.barest
    (record.result, record.reason, record.transport) = (.failed, "cut", .cut)
    for stream in 1...3 * RecordState.keptLimit {
      record.stream = stream
      if stream == 2 {
        let piece = Evidence(
          stream: 2, lane: record.lane, url: "", outcome: "cut", cause: nil, status: 0, headers: [], bodyHead: [],
          bodyTail: [], advice: "look")
        state.apply(.evidence(at: 1, piece))
      }
      state.apply(.end(record))
    }
    let detail = { state.detail(of: RunFocus(lane: record.lane, stream: $0), targets: [], at: 0) }
    #expect(detail(2)?.record.transport == .cut && detail(2)?.advice == "look" && detail(1) == nil)
  }

  /// What a record says of counters: how times are spread is in its streams, and not told twice.
  private static func told(_ counters: Counters) -> Counters {
    var counters = counters
    counters.pauses = Pauses()
    counters.bandwidthCapped = 0
    counters.ttfbBuckets = LatencyBuckets()
    counters.ttlbBuckets = LatencyBuckets()
    return counters
  }

  @Test func everyMomentLooksTheSameHoweverItIsReached() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (_, path) = try Self.recorded(folder)
    let played = try ReplayTimeline(path: path)
    let sought = try ReplayTimeline(path: path)
    #expect(played.duration > 500_000)
    for step in 1...10 {
      let time = played.duration * Int64(step) / 10
      played.advance(by: time - played.position)
      sought.seek(to: played.duration)
      sought.seek(to: time)
      #expect(played.position == time && sought.position == time)
      #expect(played.snapshot().lanes == sought.snapshot().lanes)
      #expect(played.snapshot().counters == sought.snapshot().counters)
    }
    sought.seek(to: 0)
    #expect(sought.snapshot().counters.streams == 0)
    sought.seek(to: .max)
    #expect(sought.position == sought.duration)
  }

  @Test func aSlowStreamIsSeenOnItsWay() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (_, path) = try Self.recorded(folder, pieces: 20, streams: 3)
    let timeline = try ReplayTimeline(path: path)
    var seen: [LaneSnapshot] = []
    while timeline.step() != nil {
      seen += timeline.snapshot().lanes.filter { $0.state == .streaming && $0.bytes > 0 && $0.bytes < 100 }
    }
    let lane = try #require(seen.last)
    #expect(lane.instance == "i-1" && lane.status == 200 && lane.expectedBytes == 100 && lane.ttfbSeconds != nil)
    let targets = timeline.header.targets
    let detail = try #require(timeline.state.detail(of: RunFocus(lane: lane.lane), targets: targets, at: 0))
    #expect(!detail.isRunning && detail.record.bytesWire == 100 && detail.record.url == targets[0])
    #expect((detail.record.gapMax ?? 0) >= 50_000)
    let strip = try #require(detail.arrivals)
    #expect(strip.bytes.reduce(0, +) == 100 && strip.bytes.count { $0 > 0 } >= 3)
    #expect(timeline.state.detail(of: RunFocus(lane: 99), targets: targets, at: 0) == nil)
  }

  /// A record of a minute, made here: going anywhere shows what a whole reading shows.
  @Test func seekingInALongRecordFindsTheLanes() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var text = SampleEvents.headerLine()
    var whole = RecordState()
    var expected: [Int64: Snapshot] = [:]
    for tick in Int64(1)...6000 {
      let time = tick * 10_000
      var record = SampleEvents.barest
      (record.stream, record.lane, record.startedAt, record.endedAt) = (Int(tick), Int(tick % 7), time - 60_000, time)
      (record.bytesWire, record.status, record.protocolName) = (tick, 200, "http/1.1")
      var events: [RecordEvent] = [.end(record)]
      whole.apply(events[0])
      if tick % 1000 == 0 { events.append(.lanes(at: time, whole.snapshot().lanes)) }
      if tick % 100 == 0 {
        var sample = RecordSample(at: time, counters: whole.counters)
        sample.concurrency = 7
        events.append(.sample(sample))
        whole.apply(.sample(sample))
        expected[time] = whole.snapshot()
      }
      for event in events { text += SampleEvents.line(event) }
    }
    try folder.write("r", text + "{\"e\":\"end\",\"t\":61000000,\"s\":9")
    // None is read as a whole.
    let timeline = try ReplayTimeline(path: "\(folder.path)/r", exactLimit: 0)
    #expect(timeline.duration == 60_000_000)
    for second in [59, 3, 33, 60, 1, 20, 45] {
      timeline.seek(to: Int64(second) * 1_000_000)
      let wanted = try #require(expected[Int64(second) * 1_000_000])
      #expect(Self.told(timeline.snapshot().counters) == Self.told(wanted.counters))
      #expect(timeline.snapshot().lanes.map(\.stream) == wanted.lanes.map(\.stream))
      #expect(timeline.snapshot().lanes.map(\.bytes) == wanted.lanes.map(\.bytes))
      #expect(timeline.snapshot().lanes.map(\.streams) == wanted.lanes.map(\.streams))
      #expect(timeline.snapshot().concurrency == 7)
    }
    #expect(timeline.damagedLines == 0)
  }

  /// The zeros that a crash leaves in a file, and kinds of events that this version does not know: whoever shows a record has other
  /// things to do meanwhile.
  @Test func aLongStretchWithoutEventsIsReadInPieces() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let last = SampleEvents.line(.notice(at: 9_000_000, "after all"))
    let nothing = String(repeating: String(repeating: "\0", count: 999) + "\n", count: 3000)
    try folder.write("r", SampleEvents.headerLine() + SampleEvents.line(.notice(at: 1, "first")) + nothing + last)
    let timeline = try ReplayTimeline(path: "\(folder.path)/r")
    #expect(timeline.duration == 9_000_000)
    timeline.aim(at: .max)
    var pieces = 1
    while !timeline.approach() {
      #expect(timeline.position == 1 && !timeline.isAtEnd)
      pieces += 1
    }
    #expect((2...5).contains(pieces) && timeline.state.notices == ["first", "after all"] && timeline.isAtEnd)
    timeline.seek(to: 0)
    timeline.seek(to: .max)
    #expect(timeline.position == 9_000_000)
    timeline.seek(to: 1)
    #expect(timeline.step() == .notice(at: 9_000_000, "after all") && timeline.step() == nil)
  }

  @Test func gapsAndHostileLanesAreSurvived() {
    var state = RecordState()
    var record = SampleEvents.barest
    record.lane = .max
    state.apply(.end(record))
    #expect(state.counters.streams == 1 && state.snapshot().lanes.isEmpty)
    state.apply(.progress(StreamProgress(at: 1, entries: [.init(lane: -1, bytes: 1, longestGap: 1)])))
    state.apply(.firstByte(at: 1, stream: 5, lane: 5))
    state.apply(.gap(RecordGap(at: 2, ends: 10, events: 10)))
    state.apply(.end(SampleEvents.barest))
    #expect(!state.isExact && state.counters.streams == 1 && state.missingEvents == 10)
    state.apply(.sample(SampleEvents.sample("x")))
    #expect(state.counters.streams == 6)
    record.lane = 0
    record.isWarmUp = true
    var fresh = RecordState()
    fresh.apply(.end(record))
    #expect(fresh.counters.streams == 0 && fresh.counters.warmUpStreams == 1)
  }

  @Test func whatIsNoRecordIsRefusedInOneLine() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("other", "{\"schema\":\"gzload-events/9\"}\n")
    try folder.write("text", "hello")
    for (name, words) in [
      ("other", "gzload-events/9"), ("text", "is no record"), ("none", "No such file"), ("", "no file"),
    ] {
      let failure = #expect(throws: ToolFailure.self) { try RecordReader(path: "\(folder.path)/\(name)") }
      #expect(failure?.message.contains(words) == true && failure?.exit == .usage)
    }
  }
}
