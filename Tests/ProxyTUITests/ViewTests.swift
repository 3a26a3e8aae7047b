import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct ViewTests {
  /// Values that a peer may choose, at their worst.
  private static let hostile: [String] = [
    "\u{1b}[2J\u{1b}[31;1mred\u{7}", "\u{9b}31m\u{90}q\u{9c}", "\u{202e}olleh\u{2066}", "日本語👩‍👩‍👧‍👦🏳️‍🌈",
    String(repeating: "\u{1b}]0;title\u{7}", count: 8192), String(repeating: "\u{301}", count: 65536), "\0\r\n\t", "",
  ]

  private func hostileModel(_ text: String, rows: Int, columns: Int, glyphs: GlyphSet) -> DashboardModel {
    var snapshot = Sample.snapshot(lanes: 4, failing: true)
    for index in snapshot.lanes.indices {
      snapshot.lanes[index].requestID = text
      snapshot.lanes[index].instance = text
      snapshot.lanes[index].lastCause = text
      snapshot.lanes[index].bytes = [.min, .max, -1, 0][index]
      snapshot.lanes[index].expectedBytes = [.max, 1, 0, .min][index]
      snapshot.lanes[index].bytesPerSecond = [.infinity, -.infinity, .nan, 1e300][index]
      snapshot.lanes[index].ttfbSeconds = [.nan, .infinity, -1, 1e300][index]
      snapshot.lanes[index].elapsedSeconds = [.nan, .infinity, -1, 1e300][index]
      snapshot.lanes[index].streams = [.max, .min, -1, 0][index]
      snapshot.lanes[index].status = [.max, .min, -1, 0][index]
      snapshot.lanes[index].state = [.streaming, .ended, .headers, .streaming][index]
    }
    snapshot.counters.missedExpectations[text] = 3
    snapshot.counters.bytesWire = .max
    snapshot.counters.streams = .max
    snapshot.memory.source = text
    snapshot.memory.rssBytes = .min
    snapshot.client.busyFraction = .nan
    snapshot.client.busyNow = .nan
    var label = Sample.label
    label.target = text
    label.load = text
    label.note = text
    let size = ScreenSize(rows: rows, columns: columns)
    var model = DashboardModel(label: label, glyphs: glyphs, size: size)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 1), now: 0))
    snapshot.elapsedSeconds = 1e300
    _ = update(&model, Sample.tick(snapshot, now: .infinity))
    return model
  }

  @Test(arguments: GlyphSet.allCases)
  func nothingHostileReachesTheTerminal(_ glyphs: GlyphSet) {
    for text in Self.hostile {
      for (rows, columns) in [(24, 80), (60, 200), (2, 9)] {
        var model = hostileModel(text, rows: rows, columns: columns, glyphs: glyphs)
        #expect(Sample.frame(model).isDrawable)
        model.notice = nil
        #expect(Sample.frame(model).isDrawable)
      }
    }
  }

  /// Ids and figures that a peer may choose.
  @Test(arguments: GlyphSet.allCases)
  func hostileEnvironmentsAreDrawn(_ glyphs: GlyphSet) {
    for (text, number) in zip(Self.hostile, [Int.max, .min, -1, 0, .max, .min, 1, 7]) {
      var snapshot = Sample.snapshot(lanes: 4)
      for suffix in ["", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"] {
        var instance = TargetMemory.Instance()
        (instance.rssBytes, instance.rssPeakBytes) = (Int64(number), Int64(number))
        var environment = FunctionEnvironment(state: .ready)
        environment.memoryLimitBytes = suffix == "a" ? nil : suffix == "b" ? 0 : Int64(number)
        (environment.activeInvocations, environment.maximumInvocations) = (number, number)
        (environment.invocations, environment.failures, environment.restarts) = (number, number, number)
        instance.environment = environment
        snapshot.memory.instances[text + suffix] = instance
      }
      for (rows, columns) in [(24, 80), (60, 200), (16, 60), (2, 9)] {
        let size = ScreenSize(rows: rows, columns: columns)
        var model = DashboardModel(label: Sample.label, glyphs: glyphs, size: size)
        _ = update(&model, Sample.tick(snapshot, now: 1))
        #expect(Sample.frame(model).isDrawable)
      }
    }
  }

  /// The living with the most memory first, and what the others come to; a row that was there once is kept.
  @Test func environmentsThatDoNotFit() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 4, environments: 9)
    #expect(model.layout?.environments == 11..<14)
    let (shown, others) = EnvironmentRow.shown(model.environments, room: 3)
    #expect(shown.count == 2 && others.count == 7)
    #expect(
      shown.allSatisfy { row in
        row.state != .ended && others.allSatisfy { $0.rssPeakBytes <= row.rssPeakBytes || $0.state == .ended }
      })
    let text = Sample.frame(model).text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(text[13].hasPrefix("+7 more"))
    #expect(EnvironmentRow.shown(model.environments, room: 9).others.isEmpty)
    #expect(EnvironmentRow.shown(model.environments, room: 0).others.count == 9)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 4), now: 99))
    #expect(model.layout?.environments == 11..<14 && Sample.frame(model).isDrawable)
  }

  @Test func environmentsLeaveTheTableItsRows() {
    for rows in 14...70 {
      guard let without = Layout(size: ScreenSize(rows: rows, columns: 80)),
        let with = Layout(size: ScreenSize(rows: rows, columns: 80), environments: 64)
      else {
        Issue.record("no layout")
        continue
      }
      #expect(without.environments.isEmpty && with.environments.lowerBound == with.graph.upperBound)
      #expect(with.lanes.count >= 2 && with.lanes.count * 2 >= without.lanes.count)
      #expect(with.failures == without.failures && with.footer == without.footer)
    }
  }

  @Test func everySizeCanBeDrawn() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 30, failing: true)
    for rows in [1, 2, 3, 11, 12, 13, 21, 22, 24, 29, 30, 49, 50, 60] {
      for columns in [1, 2, 3, 19, 35, 36, 59, 60, 61, 79, 80, 81, 119, 120, 159, 160, 200] {
        for help in [false, true] {
          _ = update(&model, .resized(ScreenSize(rows: rows, columns: columns)))
          model.overlay = help ? .help : nil
          let frame = Sample.frame(model)
          #expect(frame.size == ScreenSize(rows: rows, columns: columns))
          #expect(frame.isDrawable)
        }
      }
    }
  }

  @Test(arguments: [60, 80, 100, 119, 120, 159, 160, 200, 219, 220, 300], [false, true])
  func columnsFitAndDoNotTouch(_ width: Int, _ singles: Bool) {
    for choice in [LaneColumn.Choice.figures, .origins, .watched] {
      let columns = LaneColumn.fit(width, singles: singles, choice)
      for (left, right) in zip(columns, columns.dropFirst()) { #expect(left.start + left.width < right.start) }
      #expect(columns.last.map { $0.start + $0.width } == width)
      #expect(columns.allSatisfy { $0.width > 0 })
    }
  }

  /// What the first choice of columns has no room for stands in the other, and can be sorted by.
  @Test(arguments: [80, 120, 160, 200, 300])
  func everyColumnIsAKeyAway(_ width: Int) {
    var model = Sample.model(rows: 24, columns: width, lanes: 8)
    var fields = Set(model.fields)
    _ = update(&model, .key(.character("c")))
    fields.formUnion(model.fields)
    let wanted: Set<Field> = [
      .lane, .state, .status, .proto, .bytes, .decoded, .rate, .ttfb, .gap, .memory, .failed, .instance, .cause,
    ]
    #expect(fields.isSuperset(of: wanted))
  }

  /// `--expect status=404`: what was asked for is well, whatever others think of it.
  @Test func aStatusThatWasAskedForIsNoFailure() {
    var lane = LaneSnapshot(lane: 0)
    (lane.state, lane.status, lane.transport, lane.verdict, lane.result) = (.ended, 404, .complete, .unchecked, .ok)
    #expect(LaneState(lane).word == "ended")
    var model = Sample.model(rows: 24, columns: 80, lanes: 1)
    #expect(LaneCellView.statusRole(404, model) == .bad && LaneCellView.statusRole(0, model) == .value)
    model.label.acceptedStatuses = [404...404]
    #expect(LaneCellView.statusRole(404, model) == .value && LaneCellView.statusRole(200, model) == .bad)
    lane.result = .failed
    #expect(LaneState(lane).word == "failed")
  }

  @Test func memoryPrefersTheStreamsOwn() {
    var lane = LaneSnapshot(lane: 0)
    var memory = TargetMemory()
    #expect(LaneCellView.memory(lane, memory) == "-")
    lane.instance = "i"
    lane.requestID = "r"
    var instance = TargetMemory.Instance()
    instance.rssBytes = 12_900_000
    memory.instances["i"] = instance
    #expect(LaneCellView.memory(lane, memory) == "12.3M*")
    memory.bufferedByRequest["r"] = 2048
    #expect(LaneCellView.memory(lane, memory) == "2.00K")
  }

  @Test(arguments: [
    ("502 length_and_chunked", 18, "length_and_chunked"), ("502 length_and_chunked", 22, "502 length_and_chunked"),
    ("connect_failed of all", 10, "connect_failed of all"),
  ])
  func causesLoseTheirStatusFirst(_ cause: String, _ width: Int, _ shown: String) {
    #expect(LaneCellView.shortened(cause, to: width) == shown)
  }

  @Test func failuresAreListedByWeight() {
    let counters = Sample.snapshot(lanes: 0, failing: true).counters
    #expect(failures(counters) == "FAILED 17: 502 length_and_chunked 9 · truncated 6 · reset 2")
  }

  private func failures(
    _ counters: Counters, accepted: [ClosedRange<Int>] = [200...399], width: Int = 200
  ) -> String {
    FailureLine.text(counters.failureCounts(accepted: accepted), of: counters, width: width, .braille)
  }

  /// A stream with a cause has missed the expected status too; one that was cut has a body without an end.
  @Test func aFailedStreamIsNamedOnce() {
    var counters = Counters()
    counters.failed = 32
    counters.status = [502: 16, 200: 100]
    counters.causes[502, default: EnumCounts()][.albInvalidResponse] = 8
    counters.causes[502, default: EnumCounts()][.lengthAndChunked] = 8
    counters.missedExpectations["status"] = 16
    counters.transport[.cut] = 16
    counters.transport[.complete] = 100
    counters.verdicts[.truncated] = 16
    #expect(failures(counters) == "FAILED 32: cut 16 · 502 alb_invalid_response 8 · 502 length_and_chunked 8")

    counters = Counters()
    counters.failed = 60
    counters.transport[.connectFailed] = 56
    counters.transport[.cut] = 4
    counters.verdicts[.truncated] = 4
    #expect(failures(counters) == "FAILED 60: connect_failed 56 · cut 4")
    // Two more that ended well and had no end all the same.
    counters.failed = 62
    counters.verdicts[.truncated] = 6
    #expect(failures(counters) == "FAILED 62: connect_failed 56 · cut 4 · truncated 2")
  }

  @Test func onlyWhatWasNotAcceptedIsAFailure() {
    var counters = Counters()
    counters.failed = 3
    counters.status = [404: 5, 200: 3]
    counters.causes[404, default: EnumCounts()][.unknown] = 5
    counters.missedExpectations["status"] = 3
    #expect(failures(counters, accepted: [404...404]) == "FAILED 3: status 200 3")
    counters = Counters()
    counters.failed = 2
    counters.status = [200: 2]
    counters.missedExpectations["header x-a"] = 2
    #expect(failures(counters) == "FAILED 2: missed header x-a 2")
  }

  @Test func failuresThatDoNotFitAreCounted() {
    var counters = Sample.snapshot(lanes: 0, failing: true).counters
    #expect(failures(counters, width: 59) == "FAILED 17: 502 length_and_chunked 9 · truncated 6 · reset 2")
    #expect(failures(counters, width: 58) == "FAILED 17: 502 length_and_chunked 9 · +2 more")
    counters.transport = EnumCounts()
    counters.transport[.connectFailed] = 2
    #expect(failures(counters, width: 60) == "FAILED 17: 502 length_and_chunked 9 · truncated 6 · +1 more")
  }

  // MARK: What is said

  private func rows(_ model: DashboardModel) -> [String] {
    var model = model
    model.shown = model.snapshot
    return Sample.frame(model).text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The rows above the footer: the message has the second of two, or the end of the only one.
  @Test func theSelectedLaneStaysWhateverTheRunWaitsFor() {
    for phase in [Snapshot.Phase.finished, .paused, .draining] {
      for (height, columns) in [(24, 80), (14, 60)] {
        var model = Sample.model(rows: height, columns: columns, lanes: 8, failing: true, phase: phase)
        // The failed lanes stand on top: 2, then 5.
        model.streams.list.selection = 1
        let shown = rows(model)[(height == 24 ? 21 : 12)..<height - 1].joined()
        #expect(shown.contains("lane 5 · failed · truncated"))
        #expect(shown.contains(phase == .finished ? "q quits" : phase == .paused ? "p goes on" : "q cuts"))
      }
    }
  }

  @Test func aDrainSaysWhatQDoes() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 4, phase: .draining)
    let text = { (model: DashboardModel) in DetailLine.message(model)?.text }
    #expect(text(model) == "draining: 4 streams still run — q cuts them after 2 s")
    #expect(FooterView.keys(model).first?.meaning == "cut after 2 s")
    _ = update(&model, .key(.character("q")))
    #expect(text(model) == "4 streams still run — cut in 2 s, q cuts now")
    #expect(FooterView.keys(model).first?.meaning == "cut now")
    let start = model.now
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 1, seconds: 14, phase: .draining), now: start + 1.2))
    #expect(text(model) == "1 stream still runs — cut in 1 s, q cuts now")
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 1, seconds: 15, phase: .draining), now: start + 2))
    #expect(text(model) == "1 stream still runs — being cut")
  }

  @Test func warningsComeFirstAndAreDismissedOneByOne() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8, phase: .finished)
    model.warnings = ["the lab's gzproxy has ended", "and its origin too"]
    _ = update(&model, .key(.character("+")))
    #expect(DetailLine.message(model) == DetailLine.Message(text: "the lab's gzproxy has ended"))
    _ = update(&model, .key(.escape))
    #expect(DetailLine.message(model)?.text == "and its origin too")
    #expect(FooterView.keys(model).contains { $0.key == "Esc" })
    _ = update(&model, .key(.escape))
    #expect(model.notice != nil)
    _ = update(&model, .key(.escape))
    #expect(DetailLine.message(model)?.text == "finished — q quits")
    // What could not be started stands before everything.
    model.notice = DashboardModel.Notice(text: "no guardian", until: nil)
    model.warningsRead = 0
    #expect(DetailLine.message(model)?.text == "no guardian")
  }

  /// What says why something cannot be ends with the way out.
  @Test func aLongMessageHasBothRows() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    model.abilities = [.load, .concurrency, .streams]
    let shown = { (model: DashboardModel) in rows(model)[21...22].joined(separator: " ") }
    #expect(shown(model).contains("lane 0"))
    _ = update(&model, .key(.character("!")))
    #expect(shown(model).contains("faults are injected into") && shown(model).contains("--embedded"))
    #expect(!shown(model).contains("lane 0"))
  }

  @Test(arguments: [
    (PlaybackState(position: 12_000_000, duration: 90_000_000, isPlaying: true, speed: 1), "REPLAY"),
    (PlaybackState(position: 12_000_000, duration: 90_000_000, isPlaying: true, speed: 0.125), "REPLAY x1/8"),
    (PlaybackState(position: 12_000_000, duration: 90_000_000, isPlaying: false, speed: 4), "PAUSED x4"),
    (PlaybackState(position: 90_000_000, duration: 90_000_000, isPlaying: false, speed: 1), "END"),
  ])
  func aRecordsPlaceIsAlwaysThere(_ playback: PlaybackState, word: String) {
    for columns in [60, 80, 200] {
      var model = Sample.model(rows: 24, columns: columns, lanes: 8, phase: word == "END" ? .finished : .running)
      model.playback = playback
      model.notice = DashboardModel.Notice(text: "the lab's gzproxy has ended", until: nil)
      let shown = rows(model)
      #expect(shown[0].hasSuffix((playback.position == 90_000_000 ? "0:01:30" : "0:00:12") + " of 0:01:30"))
      #expect(shown[1].hasSuffix(" " + word))
      // The run was paused then; this is how it is played.
      model.snapshot.phase = .paused
      #expect(rows(model)[1].hasSuffix(" " + word))
    }
  }

  /// A bar is sorted by the figure beside it.
  @Test(arguments: [(Field.bytes, "WIRE"), (.rate, "RATE"), (.lane, "LANE")])
  func oneTitleIsMarked(_ field: Field, _ title: String) {
    for columns in [60, 80, 120, 200] {
      var model = Sample.model(rows: 24, columns: columns, lanes: 8)
      model.streams.list.sort = SortOrder(field)
      let header = rows(model).first { $0.contains("VERDICT") } ?? ""
      let mark = String(model.glyphs.sortMark(descending: true))
      let other = String(model.glyphs.sortMark(descending: false))
      #expect(header.filter { String($0) == mark || String($0) == other }.count == 1)
      #expect(header.contains(mark + title) || header.contains(other + title))
    }
  }

  // MARK: Instances

  @Test func aLonelyProcessHasEveryStream() throws {
    var snapshot = Sample.snapshot(lanes: 5)
    var instance = TargetMemory.Instance()
    (instance.streams, instance.failed, instance.ageSeconds) = (40, 3, 0.5)
    snapshot.memory.instances = ["a": instance]
    snapshot.lanes[0].instance = "a"
    for lane in 1..<5 { snapshot.lanes[lane].instance = nil }
    #expect(InstanceRow.rows(snapshot).map(\.active) == [5])
    #expect(InstanceRow.rows(snapshot).first?.failures == 3)
    snapshot.memory.instances["b"] = instance
    #expect(InstanceRow.rows(snapshot).map(\.active) == [1, 0])
  }

  /// Nothing was heard of it for a while: what waits there for long is held up by it; what has just begun may be refused at once.
  @Test func aSilentProcessHasWhatWaitsForIt() {
    var snapshot = Sample.snapshot(lanes: 5)
    var instance = TargetMemory.Instance()
    instance.ageSeconds = 4
    snapshot.memory.instances = ["a": instance]
    for lane in 0..<5 {
      (snapshot.lanes[lane].state, snapshot.lanes[lane].instance) = (lane == 4 ? .ended : .waiting, nil)
      snapshot.lanes[lane].elapsedSeconds = lane < 2 ? 0.05 : 5
    }
    #expect(InstanceRow.rows(snapshot).map(\.active) == [2] && InstanceRow.rows(snapshot).map(\.quiet) == [4])
  }

  /// A process that was killed names itself no more; one that serves a long stream is there.
  @Test func whoIsNotHeardOfHasATime() throws {
    var model = Sample.model(rows: 24, columns: 80, lanes: 2)
    var instance = TargetMemory.Instance()
    instance.ageSeconds = 75
    model.snapshot.memory.instances = ["gone": instance, "here": instance]
    for lane in 0..<2 { model.snapshot.lanes[lane].instance = "here" }
    let rows = InstanceRow.rows(model.snapshot)
    #expect(rows.map(\.quiet) == [75, nil])
    let states = InstancesView.table(80, .braille).columns[1]
    #expect(rows.map { states.text($0).0 } == ["75s ago", "process"])
    let old = [99.9, 100, 3599, 7200, 1e300].map { seconds in
      var row = rows[0]
      row.quiet = seconds
      return states.text(row).0
    }
    #expect(old == ["99s ago", "1m ago", "59m ago", "2h ago", "999h ago"])
    #expect(old.allSatisfy { $0.count <= states.width })
  }

  /// Of a run that nobody tells of any more, what it does now is not known; what it had done is.
  @Test func aLostRunHasNoRates() {
    var model = Sample.model(rows: 24, columns: 120, lanes: 3)
    let before = rows(model)
    var view = RunView(snapshot: model.snapshot)
    view.isLost = true
    _ = update(&model, .tick(view, now: 12.6))
    #expect(before[3].contains("MiB/s") && model.laneRates == [0, 0, 0])
    model.dirty = false
    _ = update(&model, .tick(view, now: 12.7))
    #expect(!model.dirty)
    let after = rows(model).map { $0.split(separator: " ").joined(separator: " ") }
    #expect(after[1].hasSuffix("NO EVENTS") && after[2].hasSuffix("active -") && !after[2].hasPrefix("streams -"))
    #expect(after[3].hasPrefix("streams/s - wire - decoded - "), "\(after[3])")
    model.tab = .overview
    #expect(rows(model).contains { $0.contains(" throughput ") && $0.contains(" - now") })
  }

  // MARK: Tabs

  /// What a filter hides seems not to be there: it is said on every screen, cut if it must be.
  @Test func aFilterIsAlwaysSaid() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 3)
    model.streams.showsSingles = true
    #expect(rows(model)[6].contains(" single streams "))
    model.streams.list.filterText = "lane<2 status=200 bytes>1k"
    #expect(rows(model)[6].contains(" /lane<2 statu") && rows(model)[6].contains("… "), "\(rows(model)[6])")
    _ = update(&model, .resized(ScreenSize(rows: 24, columns: 160)))
    #expect(rows(model)[6].contains(" /lane<2 status=200 bytes>1k · single streams "))
    model.streams.list.filterText = "x"
    _ = update(&model, .resized(ScreenSize(rows: 24, columns: 80)))
    #expect(rows(model)[6].contains(" /x "))
  }

  // MARK: Totals

  @Test(arguments: [60, 61, 67, 79, 80, 81, 120, 200])
  func totalsFit(_ width: Int) {
    let columns = TotalsColumn.fit(width)
    #expect(columns.count == 4)
    for (left, right) in zip(columns, columns.dropFirst()) { #expect(left.start + left.width < right.start) }
    #expect(columns.last.map { $0.start + $0.width <= width } == true)
  }

  /// At their widest, on the narrowest screen.
  @Test func everyTotalHasItsNumber() {
    var model = Sample.model(rows: 14, columns: 60, lanes: 8)
    model.snapshot.concurrency = 400
    model.snapshot.active = 399
    model.snapshot.counters.streams = 123_456_789
    model.snapshot.counters.ok = 12_345_678
    model.snapshot.counters.failed = 111_111
    model.snapshot.counters.status[502] = 999_999
    model.snapshot.counters.verdicts[.truncated] = 123_456
    model.snapshot.counters.cutByDeadline = 1234
    model.snapshot.client.busyFraction = 1
    model.snapshot.client.busyNow = 1
    model.readout = .init(wire: 1_047_000_000, decoded: 104_700_000_000, streams: 98_765)
    let totals = rows(model)[2..<6].map { $0.split(separator: " ").joined(separator: " ") }
    #expect(totals[0] == "streams 123m ok 12345678 failed 111111 active 399/400")
    #expect(totals[1] == "streams/s 99k wire/s 998M decoded/s 97.5G 502s 999999")
    #expect(totals[2].hasPrefix("cut by us 1234 wire ") && totals[2].hasSuffix(" invalid 123456"))
    #expect(totals[3].hasSuffix("busy 100%"))
  }

  @Test func oldMemoryFiguresTellTheirAge() {
    var model = Sample.model(rows: 24, columns: 120, lanes: 8)
    model.snapshot.memory.ageSeconds = 1.9
    #expect(!rows(model)[5].contains("ago"))
    model.snapshot.memory.ageSeconds = 8.4
    #expect(rows(model)[5].contains(", 8 s ago"))
  }

  @Test func busyIsOfNowUntilTheEnd() {
    var model = Sample.model(rows: 24, columns: 120, lanes: 8)
    model.snapshot.client.busyFraction = 0.9
    model.snapshot.client.busyNow = 0.1
    #expect(rows(model)[5].hasSuffix("10%"))
    model.snapshot.phase = .finished
    #expect(rows(model)[5].hasSuffix("90%"))
  }

  @Test func aLaneWithoutFailureTellsItsLastVerdict() {
    var model = Sample.model(rows: 24, columns: 120, lanes: 1)
    model.snapshot.lanes[0].lastCause = nil
    model.snapshot.lanes[0].lastVerdict = .valid
    #expect(rows(model).contains { $0.hasSuffix(" valid") })
    model.snapshot.lanes[0].lastCause = "502 function_error"
    model.snapshot.lanes[0].lastVerdict = .unchecked
    #expect(rows(model).contains { $0.hasSuffix(" 502 function_error") })
  }

  @Test func lanesThatAreTooManyAreExplained() {
    for (columns, ending) in [(60, "active 7"), (80, "active 7, wanted 1"), (120, "active 7, wanted 1")] {
      var model = Sample.model(rows: 24, columns: columns, lanes: 8)
      model.snapshot.active = 7
      model.wantedConcurrency = 1
      let shown = rows(model)[2].split(separator: " ").joined(separator: " ")
      #expect(shown.hasSuffix(ending))
      #expect(rows(model)[1].hasPrefix("       1 lane, until quit"))
    }
  }

  @Test(arguments: [
    ("gzproxy (child, pid 4711)", "pid 4711"), ("x-gzproxy-rss-bytes of responses", "by its header"),
    ("x-gzproxy-rss-bytes of responses, largest of 3 instances", "by its header"), ("a, b", "a, b"),
    ("http://127.0.0.1:9000/.gzlambda/stats, largest of 3 instances", "largest of 3 instances"),
    ("gzproxy (env-1, pid 4711)", "pid 4711"), (")", ")"),
    ("", ""),
  ])
  func sourcesHaveShortNames(_ source: String, _ short: String) { #expect(TotalsView.shortened(source) == short) }

  @Test func aNarrowTableSaysWhatFails() {
    let titles = LaneColumn.fit(60).map(\.title)
    #expect(titles.contains("FAIL") && titles.contains("VERDICT OR CAUSE"))
    #expect(LaneColumn.fit(60).last.map { $0.width >= "length_and_chunked".utf8.count } == true)
  }

  @Test func theGraphsScaleHoldsWhatItShows() {
    var history = History()
    for step in 0...200 {
      history.append(.init(elapsed: Double(step) / 10, wire: Int64(step) * 300_000, decoded: 0, streams: step))
    }
    #expect(GraphView.scale(history, points: 50) == 4 << 20)
    #expect(GraphView.scale(History(), points: 50) == 1024)
    #expect(abs(history.readout.wire - 3_000_000) < 1)
    #expect(abs(history.readout.streams - 10) < 1e-6)
  }

  /// Ctrl-Z for nine seconds at 10 MB/s: a gap of nine seconds, and what comes at once afterwards is no new scale.
  @Test func aStopLeavesAGapAndNoSpike() {
    var history = History()
    var bytes: Int64 = 0
    for step in 0...100 {
      bytes += 1_000_000
      history.append(.init(elapsed: Double(step) / 10, wire: bytes, decoded: 0, streams: 0))
    }
    // The first sample still has the books of before, the next the kernel's buffers.
    for step in 190...220 {
      bytes += step == 190 ? 500_000 : step == 191 ? 60_000_000 : 1_000_000
      history.append(.init(elapsed: Double(step) / 10, wire: bytes, decoded: 0, streams: 0))
    }
    let points = (0..<60).map { history.wireRate(back: $0) }
    let beforeTheRun = points.reversed().prefix(while: { $0 == 0 }).count
    #expect((22...23).contains(points.filter { $0 == 0 }.count - beforeTheRun))
    #expect(points.allSatisfy { $0 < 10_500_000 })
    #expect(GraphView.scale(history, points: 60) == 16 << 20)
    // 22 s are 55 points, whatever the number of samples.
    #expect(history.wireRate(back: 54) > 0 && history.wireRate(back: 55) == 0)
  }

  /// A terminal that takes nothing for three seconds stops the sampler, not the load.
  @Test func aLateSampleIsSpreadOverItsTime() {
    var history = History()
    for step in Array(0...100) + Array(130...160) {
      history.append(.init(elapsed: Double(step) / 10, wire: Int64(step) * 1_000_000, decoded: 0, streams: 0))
    }
    for back in 0..<40 { #expect(abs(history.wireRate(back: back) - 10_000_000) < 1) }
  }

  @Test func theHistoryIsBoundedAndKeepsTheNewest() {
    var history = History()
    var bytes: Int64 = 0
    for step in 0..<History.pointCapacity * 5 {
      bytes += Int64(step)
      history.append(.init(elapsed: Double(step) * History.secondsPerPoint, wire: bytes, decoded: 0, streams: 0))
    }
    #expect(history.wireRate(back: 0) > history.wireRate(back: 1))
    #expect(history.wireRate(back: History.pointCapacity - 1) > 0)
    #expect(history.wireRate(back: History.pointCapacity) == 0)
    let last = history
    history.append(.init(elapsed: 3, wire: .max, decoded: 0, streams: 0))
    #expect(history.readout == last.readout)
  }
}
