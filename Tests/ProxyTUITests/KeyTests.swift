import LoadGen
import Testing

@testable import ProxyTUI

/// What keys mean in each view, over each overlay, and for each kind of source.
@Suite struct KeyTests {
  private func model(
    _ abilities: RunAbilities = [.load, .concurrency, .streams], failing: Bool = false
  ) -> DashboardModel {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8, failing: failing)
    model.abilities = abilities
    return model
  }

  private func press(_ model: inout DashboardModel, _ keys: Key...) -> [Effect] {
    keys.flatMap { update(&model, .key($0)) }
  }

  private func type(_ model: inout DashboardModel, _ text: String) {
    for scalar in text.unicodeScalars { _ = update(&model, .key(.character(scalar))) }
  }

  @Test func numbersAndTabOpenViews() {
    var model = model()
    for tab in Tab.allCases {
      _ = press(&model, .character(Unicode.Scalar(UInt8(0x30 + tab.rawValue))))
      #expect(model.tab == tab)
      #expect(Sample.frame(model).isDrawable)
    }
    _ = press(&model, .tab)
    #expect(model.tab == .streams)
    _ = press(&model, .backTab, .backTab)
    #expect(model.tab == .environments)
  }

  @Test func enterOpensTheSelectedStreamAndEscapeComesBack() {
    var model = model()
    _ = press(&model, .down, .down, .enter)
    #expect(model.focus == RunFocus(lane: 2, stream: 3))
    #expect(press(&model, .down).isEmpty && model.detailTop == 1 && model.streams.list.selection == 2)
    _ = press(&model, .escape)
    #expect(model.focus == nil && model.tab == .streams)
  }

  /// The source may have forgotten it: the book and the proof have not.
  @Test func anEndedStreamIsShownFromTheBook() {
    var model = model(failing: true)
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, seconds: 14, failing: true))
    view.events = [.end(Sample.record(3, lane: 2, failing: true))]
    model.focus = RunFocus(lane: 2, stream: 3)
    _ = update(&model, .tick(view, now: 14))
    #expect(model.detail?.record.stream == 3 && model.detail?.isRunning == false)
    #expect(model.detail?.advice == Sample.evidence.advice && model.detail?.response?.status == 502)
  }

  @Test func failuresAndLogOpenTheirStreams() {
    var model = model(failing: true)
    _ = press(&model, .character("4"), .enter)
    #expect(model.focus?.stream == 3)
    _ = press(&model, .character("6"), .character("/"))
    type(&model, "stream:6")
    _ = press(&model, .enter, .enter)
    #expect(model.focus == RunFocus(lane: 5, stream: 6))
  }

  @Test func everyCommandIsOneOfItsMenu() {
    var model = model([.load, .faults, .relay, .validation, .report])
    model.faults = LabFault.all(for: .proxy)
    #expect(press(&model, .character("!"), .down, .enter) == [.command(.setFault(model.faults[0].fault))])
    #expect(press(&model, .character("!"), .enter) == [.command(.setFault(nil))])
    #expect(press(&model, .character("r"), .down, .enter) == [.command(.setRelay(.copy))])
    model.relay = .copy
    #expect(press(&model, .character("r"), .enter) == [.command(.setRelay(.copy))])
    #expect(press(&model, .character("v"), .home, .enter) == [.command(.setValidation(.full))])
    model.label.fileStem = "gztop-1"
    _ = press(&model, .character("s"), .down, .enter)
    #expect(model.overlay == .prompt(Prompt(purpose: .report(.json), text: "gztop-1-12s.json")))
    _ = press(&model, .control("u"))
    type(&model, "/tmp/a b.json")
    #expect(press(&model, .enter) == [.command(.saveReport(.json, path: "/tmp/a b.json"))])
    #expect(press(&model, .character("s"), .escape).isEmpty && model.overlay == nil)
  }

  /// A source that does not take a command says why, and nothing is sent.
  @Test(arguments: ["+", "-", "]", "[", ">", "<", "#", "v", "!", "r", "s", "w", "R", "x", "p", ":", ".", ","])
  func whatCannotBeDoneIsSaidOrPassed(_ key: Unicode.Scalar) {
    var model = model([])
    #expect(press(&model, .character(key)).isEmpty && model.overlay == nil)
    #expect(model.notice != nil || ["p", ":", ".", ","].contains(key))
    #expect(press(&model, .character("q")) == [.leave])
  }

  @Test func whatCannotBeTakenBackIsAsked() {
    for answer in ["y", "Y", "n", "x", "\u{1b}"] as [Unicode.Scalar] {
      var model = model([.load, .resetStatistics, .abortStream])
      #expect(press(&model, .character("R")).isEmpty)
      let isYes = answer == "y" || answer == "Y"
      #expect(press(&model, .character(answer)) == (isYes ? [.command(.resetStatistics)] : []))
      #expect(model.overlay == nil)
      #expect(press(&model, .character("x")).isEmpty)
      let abort = RunCommand.abortStream(lane: 0, stream: 1)
      #expect(press(&model, .character(answer)) == (isYes ? [.command(abort)] : []))
    }
  }

  @Test func ratesHaveRoundSteps() {
    var model = model([.load, .rate])
    model.rate = 95
    #expect(press(&model, .character(">")) == [.command(.setRate(100))])
    #expect(press(&model, .character(">")) == [.command(.setRate(200))])
    #expect(press(&model, .character("<")) == [.command(.setRate(100))])
    _ = press(&model, .character("#"), .control("u"))
    type(&model, "12.5")
    #expect(press(&model, .enter) == [.command(.setRate(12.5))])
    _ = press(&model, .character("#"), .control("u"))
    type(&model, "-1")
    #expect(press(&model, .enter).isEmpty && model.overlay != nil)
  }

  @Test func aRecordIsPlayed() {
    var model = model([.playback, .streams])
    model.playback = PlaybackState(position: 5_000_000, duration: 60_000_000, isPlaying: true, speed: 1)
    #expect(press(&model, .character("p")) == [.command(.playback(.setPlaying(false)))])
    #expect(press(&model, .character(".")) == [.command(.playback(.step))])
    #expect(press(&model, .character(",")) == [.command(.playback(.move(by: -5_000_000)))])
    #expect(press(&model, .right) == [.command(.playback(.move(by: 5_000_000)))])
    #expect(press(&model, .character(">")) == [.command(.playback(.setSpeed(2)))])
    #expect(press(&model, .character("<")) == [.command(.playback(.setSpeed(0.5)))])
    _ = press(&model, .character(":"))
    type(&model, "1m30s")
    #expect(press(&model, .enter) == [.command(.playback(.seek(to: 90_000_000)))])
    #expect(press(&model, .character("+")).isEmpty)
    #expect(press(&model, .character("q")) == [.leave])
  }

  @Test func aJumpForgetsWhatWasFolded() {
    var model = model(failing: true)
    #expect(model.book.count == 8 && !model.failures.kinds.isEmpty)
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, seconds: 2))
    view.isRestart = true
    _ = update(&model, .tick(view, now: 14))
    #expect(model.book.count == 0 && model.failures.kinds.isEmpty && model.snapshot.elapsedSeconds == 2)
  }

  /// Whatever is pressed and clicked, in any order: no trap, and every screen can be drawn.
  @Test func anyKeysInAnyOrder() {
    var random = SystemRandomNumberGenerator()
    let keys: [Key] =
      "qp+-][><#v!swRxtfaAoO/?m123456jkgGhy .,:".unicodeScalars.map(Key.character) + [
        .up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .f1, .enter, .tab, .backTab, .backspace, .delete,
        .escape,
        .other, .control("u"), .control("w"), .control("l"),
      ]
    var model = model([
      .load, .concurrency, .rate, .validation, .abortStream, .resetStatistics, .faults, .report, .record, .streams,
    ])
    model.rate = 10
    for step in 0..<4000 {
      let key = keys.randomElement(using: &random) ?? .other
      _ = update(&model, .key(key))
      let actions: [MouseEvent.Action] = [.press, .doublePress, .wheelUp, .wheelDown]
      let event = MouseEvent(
        row: .random(in: -1...60, using: &random), column: .random(in: -1...210, using: &random),
        action: actions.randomElement(using: &random) ?? .press)
      _ = update(&model, .mouse(event))
      if step % 50 == 0 {
        let (rows, columns) =
          [(24, 80), (40, 120), (60, 200), (14, 60), (5, 20), (100, 300)].randomElement(using: &random) ?? (24, 80)
        _ = update(&model, .resized(ScreenSize(rows: rows, columns: columns)))
        _ = update(
          &model,
          Sample.tick(
            Sample.snapshot(lanes: step % 40, seconds: 13 + Double(step) / 100, failing: step % 3 == 0),
            now: Double(step)))
        if model.quit != .no { model.quit = .no }
      }
      if step % 10 == 0 { #expect(Sample.frame(model).isDrawable) }
    }
  }

  // MARK: The mouse

  @Test func theMouseSelectsSortsAndOpens() throws {
    var model = model()
    let layout = try #require(model.layout)
    _ = update(&model, .mouse(MouseEvent(row: layout.lanes.lowerBound + 3, column: 20, action: .press)))
    #expect(model.streams.list.selection == 3 && model.focus == nil)
    _ = update(&model, .mouse(MouseEvent(row: layout.lanes.lowerBound + 3, column: 20, action: .press)))
    #expect(model.focus == RunFocus(lane: 3, stream: 4))
    _ = update(&model, .key(.escape))
    let column = try #require(LaneColumn.fit(80).first { $0.kind == .bytes })
    _ = update(&model, .mouse(MouseEvent(row: layout.tableHeader, column: column.start + 1, action: .press)))
    #expect(model.streams.list.sort == SortOrder(.bytes))
    let tab = try #require(TabsView.places(columns: 80).first { $0.tab == .latency })
    _ = update(&model, .mouse(MouseEvent(row: layout.tabs, column: tab.cells.lowerBound, action: .press)))
    #expect(model.tab == .latency)
    let help = try #require(FooterView.places(model, columns: 80).first { $0.entry.key == "?" })
    _ = update(&model, .mouse(MouseEvent(row: layout.footer, column: help.cells.lowerBound, action: .press)))
    #expect(model.overlay == .help)
    _ = update(&model, .mouse(MouseEvent(row: 5, column: 5, action: .wheelDown)))
    #expect(model.helpTop == 3)
  }

  @Test func aHalfOfTwoKeysIsThatKey() throws {
    var model = model()
    let lanes = try #require(FooterView.places(model, columns: 80).first { $0.entry.key == "+ -" })
    let row = try #require(model.layout).footer
    #expect(
      update(&model, .mouse(MouseEvent(row: row, column: lanes.cells.lowerBound, action: .press)))
        == [.command(.setConcurrency(9))])
    #expect(
      update(&model, .mouse(MouseEvent(row: row, column: lanes.cells.lowerBound + 2, action: .press)))
        == [.command(.setConcurrency(8))])
  }

  @Test func aClickBesideAMenuClosesItAndAWheelAnswersNoQuestion() {
    var model = model([.load, .faults, .resetStatistics])
    model.size = ScreenSize(rows: 40, columns: 200)
    _ = press(&model, .character("!"))
    guard case .menu(let menu) = model.overlay else {
      Issue.record("no menu")
      return
    }
    let row = MenuView.area(menu, on: model.size).lowerBound + 2
    #expect(update(&model, .mouse(MouseEvent(row: row, column: 3, action: .press))).isEmpty && model.overlay == nil)
    _ = press(&model, .character("R"))
    let before = model.overlay
    _ = update(&model, .mouse(MouseEvent(row: row, column: 3, action: .wheelUp)))
    #expect(model.overlay == before && before != nil)
  }

  /// What is not on the screen must not be answered.
  @Test func aScreenThatIsTooSmallTakesNoKeyButQuit() {
    var model = model([.load, .faults, .concurrency])
    _ = press(&model, .character("!"))
    _ = update(&model, .resized(ScreenSize(rows: 8, columns: 30)))
    #expect(press(&model, .down, .enter, .character("+")).isEmpty && model.overlay == nil)
    #expect(press(&model, .character("q")) == [.command(.stop(.drain))])
  }

  /// The proof first, which has everything; who joined late has the last one that was seen to fail so.
  @Test func enterOnAKindOpensAStreamOfIt() {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8)
    model.failures.take([FailureCount("missed length", 4), FailureCount("502 length_and_chunked", 9)], at: 60)
    model.readKinds = model.failures.kinds
    _ = press(&model, .character("4"), .enter)
    #expect(model.focus == nil && model.notice?.text.hasPrefix("no stream of this kind") == true)
    for (stream, reason) in [(7, "expectation length"), (8, "expectation length"), (9, "cut")] {
      var record = Sample.record(stream, lane: stream, failing: true)
      (record.reason, record.cause) = (reason, nil)
      model.book.add(record)
    }
    _ = press(&model, .enter)
    #expect(model.focus == RunFocus(lane: 8, stream: 8))
    var piece = Sample.evidence
    (piece.stream, piece.lane) = (3, 5)
    model.failures.take(piece)
    model.readKinds = model.failures.kinds
    _ = press(&model, .escape, .down, .enter)
    #expect(model.focus == RunFocus(lane: 5, stream: 3))
  }

  @Test func theSelectedRowOfALogStaysSelected() {
    var model = model(failing: true)
    _ = press(&model, .character("6"), .down, .down)
    let before = model.rows.log[model.list.selection]
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, seconds: 13, failing: true))
    view.events = (0..<5).map { .end(Sample.record(100 + $0, failing: true)) }
    view.targets = Sample.targets
    _ = update(&model, .tick(view, now: 13))
    #expect(model.list.selection == 7 && model.rows.log[7] == before)
  }

  @Test func anEnvironmentShowsItsOwnStreamsOnly() throws {
    var model = Sample.model(rows: 24, columns: 80, lanes: 8, environments: 12)
    model.open(.environments)
    _ = press(&model, .enter)
    #expect(model.tab == .streams && model.streams.list.filterText == "instance=env-1")
    var lane = LaneSnapshot(lane: 0)
    lane.instance = "env-12"
    let row = StreamRow(key: .lane(0), lane: lane, isPinned: false, url: "", memory: nil, rate: 0)
    #expect(!model.streams.list.filter.matches(row))
  }

  /// A stream that everybody has forgotten, but whose proof was kept.
  @Test func proofIsShownWhenTheStreamIsForgotten() {
    var model = model(failing: true)
    model.book.removeAll()
    _ = press(&model, .character("4"), .enter)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, failing: true), now: 14))
    #expect(model.detail?.response?.status == 502 && model.detail?.advice == Sample.evidence.advice)
  }

  @Test func aRunningSingleStreamHasNoHistory() throws {
    var model = model(failing: true)
    model.snapshot.lanes[2].lastCause = "cut"
    _ = press(&model, .character("t"))
    let rows = (0..<model.rowCount).compactMap { model.row(at: $0) }
    let running = try #require(rows.first { $0.lane.state == .streaming && $0.lane.lane == 2 })
    #expect(running.lane.lastCause == nil && running.lane.failed == 0)
    // One that failed for what was expected of it, though its gzip is valid.
    var record = Sample.record(77)
    (record.result, record.reason) = (.failed, "expectation length")
    model.book.add(record)
    model.streams.rebuild(model)
    let failed = try #require((0..<model.rowCount).compactMap { model.row(at: $0) }.first { $0.lane.stream == 77 })
    #expect(failed.state.word == "failed" && failed.lane.verdict == .valid)
  }

  /// What was scrolled to is read, and not closed.
  @Test func helpScrollsToItsEnds() {
    var model = model([.load])
    _ = press(&model, .character("?"), .character("G"))
    let end = model.helpTop
    #expect(model.overlay == .help && end > 0)
    _ = press(&model, .control("b"), .character("g"))
    #expect(model.overlay == .help && model.helpTop == 0)
  }

  /// A stream whose proof is not kept has the advice of those that failed like it.
  @Test func adviceIsOfTheKind() throws {
    var model = model(failing: true)
    model.failures.take(Sample.evidence)
    model.failures.take([FailureCount("502 length_and_chunked", 900)], at: 13)
    var record = Sample.record(4711)
    (record.result, record.status, record.cause) = (.failed, 502, .lengthAndChunked)
    record.reason = "status 502"
    model.book.add(record)
    model.focus = RunFocus(lane: record.lane, stream: 4711)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, failing: true), now: 14))
    #expect(model.detail?.record.stream == 4711 && model.detail?.advice == Sample.evidence.advice)
  }

  /// As the screen writes them.
  @Test(arguments: [
    ("0:01:30", 90 as Int64?), ("1:30", 90), ("2:00:01", 7201), ("1:60", nil), (":30", nil), ("1::2", nil),
    ("-1:30", nil),
    ("1:2:3:4", nil), ("99999:00", nil),
  ])
  func momentsAreTypedAsTheyAreShown(_ text: String, _ seconds: Int64?) {
    var model = model([.playback])
    model.playback = PlaybackState(position: 0, duration: 90_000_000, isPlaying: true, speed: 1)
    _ = press(&model, .character(":"))
    type(&model, text)
    let effects = press(&model, .enter)
    #expect(effects == (seconds.map { [.command(.playback(.seek(to: $0 * 1_000_000)))] } ?? []))
  }

  /// A jump in a record shows what lay in between, as its samples have it.
  @Test func chartsOfAJumpAreTheRecordsOwn() {
    var model = model([.playback, .streams])
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, seconds: 21))
    view.isRestart = true
    view.playback = PlaybackState(position: 21_000_000, duration: 90_000_000, isPlaying: false, speed: 1)
    var wire: Int64 = 0
    view.events = (0...20).map { second in
      // Nothing comes in the second half.
      wire += second <= 10 ? 1 << 20 : 0
      var sample = RecordSample(at: Int64(second) * 1_000_000)
      sample.counters.bytesWire = wire
      sample.memory.rssBytes = 4096
      return .sample(sample)
    }
    view.snapshot.counters.bytesWire = wire
    _ = update(&model, .tick(view, now: 30))
    let points = (0..<50).compactMap { model.history.point(back: $0) }
    #expect(points.prefix(20).allSatisfy { $0.wire == 0 } && points.suffix(15).allSatisfy { $0.wire > 500_000 })
    #expect(points.dropFirst(4).allSatisfy { $0.memory == 4096 })
  }

  /// "Proven gzip" is not said of a lab in which most streams fail.
  @Test func theFirstLineIsTrueLaterToo() throws {
    var model = model([.load])
    model.label.lab = .lambda
    model.label.note = RunLabel.introduction(.lambda, lanes: 8, areProven: true)
    model.notice = try DashboardModel.Notice(text: #require(model.label.note), until: nil)
    (model.shown.counters.ok, model.shown.counters.failed) = (9, 3)
    #expect(DetailLine.message(model)?.text.contains("proven gzip") == true)
    model.shown.counters.failed = 10
    #expect(DetailLine.message(model)?.text.hasPrefix("most streams fail: 4 says why") == true)
  }
}
