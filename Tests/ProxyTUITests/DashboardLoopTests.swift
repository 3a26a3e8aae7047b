import LoadGen
import Synchronization
import Testing

@testable import ProxyTUI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A screen without a terminal: time passes by waiting for events, which come from a script.
private final class FakeScreen: Screen {
  var size: ScreenSize
  var now = 0.0
  /// Events by the time at which they happen, in order.
  var script: [(at: Double, event: ScreenEvent)]
  var grid: Frame
  private(set) var flushes: [Double] = []
  private(set) var putCells = 0
  private(set) var clears = 0
  private(set) var redraws = 0
  private(set) var suspensions = 0
  private(set) var reentries = 0
  /// The size that the next resize brings.
  var nextSize: ScreenSize?

  init(rows: Int = 24, columns: Int = 80, script: [(at: Double, event: ScreenEvent)]) {
    size = ScreenSize(rows: rows, columns: columns)
    self.script = script
    grid = Frame(size: size)
  }

  func put(row: Int, column: Int, cells: ArraySlice<Cell>) {
    putCells += cells.count
    #expect(row >= 0 && row < size.rows && column >= 0 && column + cells.count <= size.columns)
  }
  func clear() { clears += 1 }
  func redraw() { redraws += 1 }
  func flush() {
    flushes.append(now)
    #expect(isReady)
  }
  /// From when to when the terminal reads nothing.
  var stuck = 0.0..<0.0
  var isReady: Bool { !stuck.contains(now) }
  func suspend() { suspensions += 1 }
  func reenter() { reentries += 1 }

  private(set) var asked = 0

  func event(withinMilliseconds limit: Int) -> ScreenEvent? {
    asked += 1
    if let next = script.first, next.at <= now + Double(limit) / 1000 {
      now = max(now, next.at)
      script.removeFirst()
      if next.event == .resized, let nextSize { size = nextSize }
      return next.event
    }
    now += Double(limit) / 1000
    // A test that would run for ever ends here, and its expectations say so.
    return now > 60 ? .hungUp : nil
  }
}

private final class FakeLoad: LoadControl {
  enum Call: Equatable, Sendable {
    case concurrency(Int)
    case paused(Bool)
    case stop(LoadStop)
  }
  private struct State {
    var calls: [Call] = []
    var snapshots = 0
    var phase = Snapshot.Phase.running
    /// Snapshots until a drain is over.
    var drain: Int?
  }
  private let state = Mutex(State())
  private let drainSnapshots: Int
  private let moving: Bool
  private let active: Int?

  init(drainSnapshots: Int = 3, phase: Snapshot.Phase = .running, moving: Bool = true, active: Int? = nil) {
    self.active = active
    self.drainSnapshots = drainSnapshots
    self.moving = moving
    state.withLock { $0.phase = phase }
  }

  var calls: [Call] { state.withLock { $0.calls } }
  var snapshotCount: Int { state.withLock { $0.snapshots } }

  func snapshot() -> Snapshot {
    state.withLock { state in
      state.snapshots += 1
      if let left = state.drain {
        state.drain = left - 1
        if left <= 1 { state.phase = .finished }
      }
      var snapshot = Sample.snapshot(
        lanes: 8, seconds: moving ? Double(state.snapshots) / 10 : 5, phase: state.phase)
      if let active { snapshot.active = active }
      // So that each sample is seen: figures change twice a second, bars whenever they move.
      if moving { snapshot.lanes[0].bytes = Int64(state.snapshots % 50) * 160_000 }
      return snapshot
    }
  }
  func setConcurrency(_ lanes: Int) { state.withLock { $0.calls.append(.concurrency(lanes)) } }
  func setPaused(_ paused: Bool) { state.withLock { $0.calls.append(.paused(paused)) } }
  func stop(_ how: LoadStop) {
    state.withLock { state in
      state.calls.append(.stop(how))
      switch how {
      case .drain:
        state.phase = .draining
        state.drain = drainSnapshots
      case .now: state.phase = .finished
      }
    }
  }
}

@Suite struct DashboardLoopTests {
  private func run(_ screen: FakeScreen, _ load: FakeLoad, fps: Double = 10) -> DashboardEnd {
    var loop = DashboardLoop(
      screen: screen, source: LoadSource(load), label: Sample.label, glyphs: .braille, framesPerSecond: fps,
      clock: { screen.now })
    return loop.run()
  }

  private func key(_ scalar: Unicode.Scalar, at time: Double) -> (at: Double, event: ScreenEvent) {
    (time, .key(.character(scalar)))
  }

  @Test func keysBecomeCalls() {
    let screen = FakeScreen(script: [
      key("+", at: 1), key("p", at: 1.5), key("p", at: 2), key("-", at: 3), key("q", at: 4),
    ])
    let load = FakeLoad()
    #expect(run(screen, load) == .quit)
    #expect(load.calls == [.concurrency(9), .paused(true), .paused(false), .concurrency(8), .stop(.drain)])
    #expect(screen.now > 4.1 && screen.now < 5)
  }

  @Test func theSecondQuitLeavesAtOnce() {
    let screen = FakeScreen(script: [key("q", at: 1), key("\u{3}", at: 1.05)])
    let load = FakeLoad(drainSnapshots: 1000)
    #expect(run(screen, load) == .quit)
    #expect(load.calls == [.stop(.drain), .stop(.now)])
    #expect(screen.now < 1.1)
  }

  /// Exit 105 for what was cut, and only for a plan that has an end; nothing was cut of a load that drained in time.
  @Test(arguments: [(1000, DashboardEnd.quit, true), (3, .finished, false)])
  func quittingALoadThatDrainsByItself(_ snapshots: Int, _ expected: DashboardEnd, _ interrupted: Bool) {
    let screen = FakeScreen(script: [key("q", at: 1)])
    let load = FakeLoad(drainSnapshots: snapshots, phase: .draining)
    let end = run(screen, load)
    #expect(end == expected)
    #expect(load.calls == (interrupted ? [.stop(.drain), .stop(.now)] : [.stop(.drain)]))
    var plan = LoadPlan(urls: ["http://127.0.0.1:1/"])
    #expect(!end.isInterruption(of: plan, wasStopped: true))
    plan.streams = 4
    #expect(end.isInterruption(of: plan, wasStopped: true) == interrupted)
  }

  /// A signal that comes when everything is done interrupts nothing; an endless load has no such moment.
  @Test(arguments: [DashboardEnd.signal(15), .hungUp]) func aSignalAfterTheEndInterruptsNothing(_ end: DashboardEnd) {
    var plan = LoadPlan(urls: ["http://127.0.0.1:1/"])
    #expect(end.isInterruption(of: plan, wasStopped: false))
    plan.streams = 4
    #expect(!end.isInterruption(of: plan, wasStopped: false) && end.isInterruption(of: plan, wasStopped: true))
  }

  @Test func aFinishedLoadIsLeftByAKeyOnly() {
    let screen = FakeScreen(script: [key("q", at: 30)])
    #expect(run(screen, FakeLoad(phase: .finished, moving: false)) == .finished)
    #expect(screen.now >= 30)
    // Shown once, and never drawn again while nothing changes.
    #expect(screen.flushes.count == 1)
  }

  @Test(arguments: [(SIGTERM, false), (SIGINT, false), (SIGHUP, true), (SIGQUIT, true)])
  func signalsEndIt(_ number: Int32, _ atOnce: Bool) {
    let screen = FakeScreen(script: [(1, .signal(number))])
    let load = FakeLoad()
    #expect(run(screen, load) == .signal(number))
    #expect(load.calls == [.stop(atOnce ? .now : .drain)])
  }

  @Test func aLostTerminalEndsIt() {
    let screen = FakeScreen(script: [(1, .hungUp)])
    let load = FakeLoad()
    #expect(run(screen, load) == .hungUp)
    #expect(load.calls == [.stop(.now)])
  }

  @Test func suspensionAndContinuationRepaint() {
    let screen = FakeScreen(script: [key("\u{1a}", at: 1), (2, .signal(SIGTSTP)), (3, .signal(SIGCONT)), (4, .hungUp)])
    _ = run(screen, FakeLoad())
    #expect(screen.suspensions == 2)
    #expect(screen.reentries == 1)
    #expect(screen.clears == 3)
  }

  @Test func aResizeDrawsTheWholeNewScreen() {
    let screen = FakeScreen(script: [(1, .resized), (1.3, .hungUp)])
    screen.nextSize = ScreenSize(rows: 40, columns: 120)
    _ = run(screen, FakeLoad())
    // Drawn over, never emptied first.
    #expect(screen.clears == 0)
    #expect(screen.redraws == 1)
    #expect(screen.putCells >= 24 * 80 + 40 * 120)
  }

  @Test(arguments: [1.0, 4, 10, 30])
  func drawingKeepsToItsRate(_ fps: Double) {
    let screen = FakeScreen(script: [(10, .hungUp)])
    let load = FakeLoad()
    _ = run(screen, load, fps: fps)
    // Samples come at 10 Hz whatever is drawn, and no faster drawing than samples helps.
    #expect((98...102).contains(load.snapshotCount))
    let expected = min(fps, 10) * 10
    #expect(Double(screen.flushes.count) <= expected + 2)
    #expect(Double(screen.flushes.count) >= expected * 0.9)
  }

  @Test func aHeldKeyIsDrawnOnceForMany() {
    let script = (0..<50).map { _ in key("j", at: 1.01) } + [(1.25, ScreenEvent.hungUp)]
    let screen = FakeScreen(script: script)
    _ = run(screen, FakeLoad())
    // The keys' own, and those of the samples that follow.
    #expect(screen.flushes.filter { $0 > 1.005 }.count <= 4)
  }

  @Test func whatNobodyLooksAtIsDrawnOnceASecond() {
    let screen = FakeScreen(script: [(1.01, .focus(false)), (9.05, .focus(true)), (10, .hungUp)])
    _ = run(screen, FakeLoad())
    #expect((7...9).contains(screen.flushes.filter { $0 > 1.01 && $0 < 9.05 }.count))
    #expect(screen.flushes.contains { $0 >= 9.05 && $0 < 9.2 })
    #expect(screen.flushes.filter { $0 >= 9.05 }.count >= 8)
  }

  /// Only clocks move: once a second, but for what a person does.
  @Test func aPausedLoadIsDrawnOnceASecond() {
    let screen = FakeScreen(script: [key("j", at: 5.05), (10, .hungUp)])
    _ = run(screen, FakeLoad(phase: .paused, active: 0))
    #expect((9...13).contains(screen.flushes.count))
    #expect(screen.flushes.contains { $0 >= 5.05 && $0 < 5.2 })
  }

  /// Neither drawn on, nor asked in a loop; keys and signals count meanwhile, and streams that go on are cut.
  @Test func aTerminalThatDoesNotReadHoldsNothingUp() {
    let screen = FakeScreen(script: [key("+", at: 2), (3, .signal(SIGTERM))])
    screen.stuck = 1..<60
    let load = FakeLoad(drainSnapshots: 1000)
    #expect(run(screen, load) == .signal(SIGTERM))
    #expect(load.calls == [.concurrency(9), .stop(.drain), .stop(.now)])
    #expect(screen.now < 3.7)
    #expect(screen.flushes.allSatisfy { $0 < 1 })
    #expect(screen.asked < 100)
  }
}
