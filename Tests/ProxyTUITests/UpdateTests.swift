import LoadGen
import Testing

@testable import ProxyTUI

@Suite struct UpdateTests {
  private func model(lanes: Int = 8, phase: Snapshot.Phase = .running, rows: Int = 24) -> DashboardModel {
    Sample.model(rows: rows, columns: 80, lanes: lanes, phase: phase)
  }

  // MARK: The log

  /// The runtime that died is what a storm of refusals began with.
  @Test func whatBecomesOfEnvironmentsIsInTheLog() {
    var model = DashboardModel(label: Sample.label, glyphs: .braille, size: ScreenSize(rows: 24, columns: 80))
    func tick(_ second: Double, _ change: (inout [String: TargetMemory.Instance]) -> Void) -> [String] {
      var snapshot = Sample.snapshot(lanes: 2, seconds: second)
      snapshot.memory.instances = Sample.environments(2)
      change(&snapshot.memory.instances)
      _ = update(&model, Sample.tick(snapshot, now: second))
      return model.log.entries.filter { $0.kind == .environment }.map(\.text)
    }
    #expect(tick(1) { _ in } == [])
    #expect(tick(2) { $0["env-1"]?.environment?.activeInvocations = 7 } == [])
    let again = "env-1: its runtime ended, and another one was started in its place"
    #expect(tick(3) { $0["env-1"]?.environment?.restarts = 1 } == [again])
    let gone = tick(4) {
      $0["env-1"]?.environment?.restarts = 1
      $0["env-2"]?.environment?.state = .ended
      $0["env-3"] = $0["env-1"]
    }
    #expect(gone == [again, "env-2: its runtime ended", "env-3 was started"])
  }

  /// Of a record at its own time, also when somebody goes ahead; after a jump nothing is known of before.
  @Test func environmentsOfARecordHaveTheirTime() {
    var model = DashboardModel(label: Sample.label, glyphs: .braille, size: ScreenSize(rows: 24, columns: 80))
    func tick(_ second: Double, _ told: [(Double, Int)], isJump: Bool = false) -> [String] {
      var view = RunView(snapshot: Sample.snapshot(lanes: 2, seconds: second))
      view.playback = PlaybackState(
        position: Int64(second * 1e6), duration: 60_000_000, isPlaying: true, speed: 1)
      view.isRestart = isJump
      view.events = told.map { time, restarts in
        var sample = RecordSample(at: Int64(time * 1e6))
        sample.memory.instances = Sample.environments(1)
        sample.memory.instances["env-1"]?.environment?.restarts = restarts
        view.snapshot.memory = sample.memory
        return .sample(sample)
      }
      _ = update(&model, .tick(view, now: second))
      return model.log.entries.filter { $0.kind == .environment }.map { "\($0.time)" }
    }
    #expect(tick(0.1, [(0, 0)]) == [])
    #expect(tick(9, [(5, 0), (7, 1), (8, 1), (9, 2)]) == ["7.0", "9.0"])
    #expect(tick(4, [(4, 0)], isJump: true) == [] && tick(40, [(40, 7)], isJump: true) == [])
  }

  /// A record says when its run began, paused and ended; where somebody jumps to, nothing happened for that.
  @Test func aJumpInARecordIsNoEvent() {
    var model = DashboardModel(label: Sample.label, glyphs: .braille, size: ScreenSize(rows: 24, columns: 80))
    func tick(_ second: Double, _ told: [(Double, Snapshot.Phase)], isJump: Bool = false) -> [String] {
      var view = RunView(snapshot: Sample.snapshot(lanes: 2, seconds: second, phase: told.last?.1 ?? .running))
      view.playback = PlaybackState(
        position: Int64(second * 1e6), duration: 60_000_000, isPlaying: true, speed: 1)
      view.isRestart = isJump
      view.events = told.map { .sample(RecordSample(at: Int64($0.0 * 1e6), phase: $0.1)) }
      _ = update(&model, .tick(view, now: second))
      return model.log.entries.filter { $0.kind == .phase }.map { "\($0.time) \($0.text)" }
    }
    #expect(tick(0.1, [(0, .running)]) == ["0.0 running"])
    #expect(tick(9, [(7, .running), (8, .paused), (9, .paused)]) == ["0.0 running", "8.0 paused"])
    #expect(tick(41, [(40, .running), (41, .running)], isJump: true) == [])
    #expect(tick(50, [(49, .draining), (50, .finished)]) == ["49.0 draining", "50.0 finished"])
  }

  // MARK: Quitting

  @Test(arguments: [Key.character("q"), .control("c")])
  func theFirstQuitDrainsAndTheSecondCuts(_ key: Key) {
    var model = model()
    #expect(update(&model, .key(key)) == [.command(.stop(.drain))])
    #expect(model.quit == .draining)
    #expect(update(&model, .key(key)) == [.command(.stop(.now)), .leave])
    #expect(model.endedEarly)
    #expect(update(&model, .key(key)) == [])
  }

  @Test func aDrainedLoadIsLeft() {
    var model = model()
    _ = update(&model, .key(.character("q")))
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 13, phase: .draining), now: 13)) == [])
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, phase: .finished), now: 14)) == [.leave])
    #expect(model.endedEarly)
  }

  @Test func aDrainThatTakesTooLongIsCutOnceAndThenLeft() {
    var model = model()
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 12), now: 100))
    #expect(update(&model, .key(.character("q"))) == [.command(.stop(.drain))])
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 13, phase: .draining), now: 101.9)) == [])
    #expect(
      update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, phase: .draining), now: 102)) == [
        .command(.stop(.now))
      ])
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 15, phase: .draining), now: 103)) == [])
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 16, phase: .finished), now: 104)) == [.leave])
  }

  @Test func aFinishedLoadStaysUntilSomebodyLeaves() {
    var model = model(phase: .finished)
    #expect(update(&model, Sample.tick(Sample.snapshot(lanes: 8, phase: .finished), now: 20)) == [])
    #expect(update(&model, .key(.character("q"))) == [.leave])
    #expect(!model.endedEarly)
  }

  @Test func leavingALoadThatDrainsByItselfIsNotEarly() {
    var model = model(phase: .draining)
    #expect(update(&model, .key(.character("q"))) == [.command(.stop(.drain))])
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, phase: .finished), now: 14))
    #expect(!model.endedEarly)
  }

  /// `gztop -n 4 -c 4` with slow streams: all have begun, so the load drains by itself when q comes.
  @Test func aDrainingLoadWhoseStreamsAreCutIsLeftEarly() {
    var model = model(phase: .draining)
    #expect(update(&model, .key(.character("q"))) == [.command(.stop(.drain))])
    #expect(!model.endedEarly)
    let late = model.now + 2
    #expect(
      update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, phase: .draining), now: late)) == [
        .command(.stop(.now))
      ])
    #expect(model.endedEarly)
    #expect(
      update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 15, phase: .finished), now: late + 1)) == [.leave])
    #expect(model.endedEarly)
  }

  @Test func aLoadThatIsFinishedWhenTheDrainIsOverIsNotCut() {
    var model = model(phase: .draining)
    _ = update(&model, .key(.character("q")))
    let late = model.now + 2
    #expect(
      update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14, phase: .finished), now: late)) == [.leave])
    #expect(!model.endedEarly)
  }

  @Test func requestsFromOutside() {
    var polite = model()
    #expect(update(&polite, .quitRequested(atOnce: false)) == [.command(.stop(.drain))])
    #expect(update(&polite, .quitRequested(atOnce: false)) == [.command(.stop(.now)), .leave])
    var rude = model()
    #expect(update(&rude, .quitRequested(atOnce: true)) == [.command(.stop(.now)), .leave])
  }

  // MARK: The load

  @Test func pauseIsAToggleThatKnowsWhatWasAsked() {
    var model = model()
    #expect(update(&model, .key(.character("p"))) == [.command(.setPaused(true))])
    // Before any snapshot says so.
    #expect(update(&model, .key(.character("p"))) == [.command(.setPaused(false))])
    #expect(update(&model, .key(.character("p"))) == [.command(.setPaused(true))])
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 13, phase: .paused), now: 13))
    #expect(model.wantedPause == nil)
    #expect(update(&model, .key(.character("p"))) == [.command(.setPaused(false))])
  }

  @Test func concurrencyKeysAddUpBetweenSnapshots() {
    var model = model()
    #expect(update(&model, .key(.character("+"))) == [.command(.setConcurrency(9))])
    #expect(update(&model, .key(.character("="))) == [.command(.setConcurrency(10))])
    #expect(update(&model, .key(.character("]"))) == [.command(.setConcurrency(20))])
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 13), now: 13))
    #expect(model.concurrency == 20)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 20, seconds: 14), now: 14))
    #expect(model.wantedConcurrency == nil)
    #expect(update(&model, .key(.character("-"))) == [.command(.setConcurrency(19))])
    #expect(update(&model, .key(.character("["))) == [.command(.setConcurrency(9))])
  }

  @Test func noMoreIsWantedThanTheEngineGrants() {
    var model = model(lanes: 225)
    model.maximumConcurrency = 230
    #expect(update(&model, .key(.character("]"))) == [.command(.setConcurrency(230))])
    #expect(model.notice?.text == "concurrency 230: the limit of open files; ulimit -n raises it")
    #expect(update(&model, .key(.character("+"))) == [])
    #expect(model.notice?.text == "concurrency 230: the limit of open files; ulimit -n raises it")
    #expect(update(&model, .key(.character("-"))) == [.command(.setConcurrency(229))])
    #expect(model.notice?.text == "concurrency 229")
  }

  @Test func thereIsAlwaysOneLane() {
    var model = model(lanes: 1)
    #expect(update(&model, .key(.character("-"))) == [])
  }

  @Test(arguments: [
    (1, true, 2), (9, true, 10), (10, true, 20), (15, true, 20), (99, true, 100), (100, true, 200), (1000, true, 2000),
    (100_000, true, 100_000), (Int.max, true, 100_000),
    (1, false, 1), (0, false, 1), (2, false, 1), (10, false, 9), (15, false, 10), (20, false, 10), (100, false, 90),
    (250, false, 200), (1000, false, 900), (Int.max, false, 90_000),
  ])
  func steps(_ from: Int, _ up: Bool, _ expected: Int) { #expect(Concurrency.step(from: from, up: up) == expected) }

  @Test(arguments: [Snapshot.Phase.draining, .finished])
  func anEndingLoadIsNotChanged(_ phase: Snapshot.Phase) {
    for key in "p+-".unicodeScalars {
      var model = model(phase: phase)
      #expect(update(&model, .key(.character(key))) == [])
      #expect(model.notice != nil)
    }
    var leaving = model()
    _ = update(&leaving, .key(.character("q")))
    #expect(update(&leaving, .key(.character("p"))) == [])
  }

  // MARK: The screen

  @Test func helpOpensScrollsAndAnyOtherKeyClosesItWithoutDoingMore() {
    for opener in [Key.character("?"), .character("h"), .f1] {
      for closer in [Key.escape, .character("p"), .character("+"), .enter, opener] {
        var model = model()
        #expect(update(&model, .key(opener)) == [])
        #expect(model.overlay == .help)
        #expect(update(&model, .key(.down)) == [] && model.helpTop == 1)
        #expect(update(&model, .key(.end)) == [] && model.helpTop > 1 && model.overlay == .help)
        #expect(update(&model, .key(closer)) == [])
        #expect(model.overlay == nil)
        #expect(model.streams.list.selection == 0)
      }
    }
    var model = model()
    _ = update(&model, .key(.character("?")))
    #expect(update(&model, .key(.character("q"))) == [.command(.stop(.drain))])
  }

  @Test func repaintAndSuspend() {
    var model = model()
    #expect(update(&model, .key(.control("l"))) == [.repaint])
    #expect(update(&model, .key(.control("z"))) == [.suspend])
    #expect(update(&model, .resized(ScreenSize(rows: 40, columns: 120))) == [.repaint])
    #expect(model.size == ScreenSize(rows: 40, columns: 120))
  }

  @Test func scrolling() throws {
    var model = model(lanes: 100)
    let height = try #require(model.layout).lanes.count
    let moves: [(Key, Int)] = [
      (.up, 0), (.down, 1), (.character("j"), 2), (.character("k"), 1), (.pageDown, height), (.pageUp, 1),
      (.character("G"), 99), (.down, 99), (.end, 99), (.character("g"), 0), (.home, 0), (.character(" "), height - 1),
    ]
    for (key, selection) in moves {
      #expect(update(&model, .key(key)) == [])
      #expect(model.streams.list.selection == selection)
      #expect((model.streams.list.top..<model.streams.list.top + height).contains(selection))
    }
  }

  @Test func theSelectionStaysOnTheScreenWhateverChanges() throws {
    var model = model(lanes: 100)
    _ = update(&model, .key(.end))
    _ = update(&model, .resized(ScreenSize(rows: 60, columns: 200)))
    let height = try #require(model.layout).lanes.count
    #expect(model.streams.list.top == 100 - height)
    _ = update(&model, .key(.character("f")))
    #expect(model.rowCount == 0 && model.streams.list.selection == 0 && model.streams.list.top == 0)
    _ = update(&model, .key(.end))
    #expect(model.streams.list.selection == 0)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 5, seconds: 13, failing: true), now: 13))
    #expect(model.rowCount == 1)
  }

  @Test func noticesPass() {
    var model = model()
    _ = update(&model, .key(.character("+")))
    #expect(model.notice?.text == "concurrency 9")
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 14), now: 14))
    #expect(model.notice != nil)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, seconds: 17), now: 17))
    #expect(model.notice == nil)
  }

  // MARK: Time

  @Test func readFiguresChangeTwiceASecond() {
    var model = model()
    var changes = 0
    var before = model.readout
    for step in 1...40 {
      let seconds = 12.5 + Double(step) / 10
      var snapshot = Sample.snapshot(lanes: 8, seconds: seconds)
      // Ever faster, so that no two figures are the same.
      snapshot.counters.bytesWire = (1 << 40) + Int64(seconds * seconds * 1e6)
      _ = update(&model, Sample.tick(snapshot, now: seconds))
      if model.readout != before { changes += 1 }
      before = model.readout
    }
    #expect((7...8).contains(changes))
  }

  /// A record that is over tells its times after everything else.
  @Test func timesThatComeLastAreShown() {
    var model = model(phase: .finished)
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, phase: .finished), now: 30))
    var view = RunView(snapshot: Sample.snapshot(lanes: 8, phase: .finished))
    view.latency = Sample.latency(streams: 50)
    view.targets = model.targets
    model.dirty = false
    _ = update(&model, .tick(view, now: 30))
    #expect(model.dirty && model.latency == view.latency)
  }

  @Test func nothingIsDirtyWhileNothingHappens() {
    var model = model(phase: .finished)
    model.dirty = false
    _ = update(&model, Sample.tick(Sample.snapshot(lanes: 8, phase: .finished), now: 30))
    #expect(!model.dirty)
    _ = update(&model, .key(.other))
    #expect(model.dirty)
  }
}
