import Testing
import ToolSupport

@testable import LoadGen

@Suite struct ProgressMeterTests {
  private func plan(streams: Int?, duration: Double? = nil) -> LoadPlan {
    var plan = LoadPlan(urls: ["http://h/"])
    plan.streams = streams
    plan.duration = duration.map(TimeSpan.seconds)
    return plan
  }

  private func snapshot(_ streams: Int, _ seconds: Double, bytes: Int64 = 0, failed: Int = 0) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.elapsedSeconds = seconds
    snapshot.active = 8
    snapshot.counters.streams = streams
    snapshot.counters.failed = failed
    snapshot.counters.bytesWire = bytes
    return snapshot
  }

  @Test func barByCount() {
    var meter = ProgressMeter(plan: plan(streams: 200))
    #expect(
      meter.bar(snapshot(50, 10, bytes: 10 << 20), width: 80)
        == "[=======                       ] 25%  50/200 streams, 1.00 MiB/s  30s left")
  }

  @Test func barByTime() {
    var meter = ProgressMeter(plan: plan(streams: nil, duration: 40))
    #expect(
      meter.bar(snapshot(1234, 20, failed: 3), width: 100)
        == "[===============               ] 50%  1,234 streams, 0 B/s, 3 failed  20s left")
  }

  @Test func whicheverEndsFirst() {
    var meter = ProgressMeter(plan: plan(streams: 1000, duration: 40))
    #expect(meter.bar(snapshot(100, 30), width: 80).contains(" 75%  "))
  }

  @Test func neverWiderThanTheTerminal() {
    for width in 0...200 {
      for (streams, done) in [(200, 50), (nil, 50), (1_000_000, 999_999)] as [(Int?, Int)] {
        var meter = ProgressMeter(plan: plan(streams: streams))
        #expect(meter.bar(snapshot(done, 61, bytes: 1 << 40, failed: 12), width: width).count <= width)
      }
    }
  }

  @Test func oddSnapshots() {
    var meter = ProgressMeter(plan: plan(streams: 10, duration: 0.000001))
    #expect(meter.bar(snapshot(20, 5, bytes: 100), width: 60).contains("100%"))
    // The clock stands still, bytes go back: no trap, no negative rate.
    #expect(meter.bar(snapshot(20, 5, bytes: 0), width: 60).contains("100%"))
    #expect(meter.bar(snapshot(0, 4, bytes: -5), width: 60).contains("/10 streams"))
    var wild = snapshot(1, .infinity)
    wild.elapsedSeconds = .nan
    #expect(!meter.bar(wild, width: 60).contains("nan"))
  }

  @Test func rateFollowsTheLoad() {
    var meter = ProgressMeter(plan: plan(streams: nil))
    _ = meter.bar(snapshot(0, 1, bytes: 0), width: 80)
    #expect(meter.bar(snapshot(0, 2, bytes: 4 << 20), width: 80) == "0 streams, 4.00 MiB/s")
    #expect(meter.bar(snapshot(0, 3, bytes: 4 << 20), width: 80) == "0 streams, 0 B/s")
  }

  @Test func plainLine() {
    var meter = ProgressMeter(plan: plan(streams: 200))
    #expect(meter.line(snapshot(90, 12.2, bytes: 0, failed: 1)) == "12s  90/200 streams, 0 B/s, 1 failed, 8 running")
    var draining = snapshot(190, 15)
    draining.phase = .draining
    #expect(meter.line(draining) == "15s  190/200 streams, 0 B/s, draining, 8 running")
  }

  /// What is left of the whole run is not what is left.
  @Test func anInterruptedRunEndsWithinItsLimit() {
    var meter = ProgressMeter(plan: plan(streams: nil, duration: 20))
    #expect(meter.bar(snapshot(90, 2), width: 80).hasSuffix("] 10%  90 streams, 0 B/s  18s left"))
    // 2.4 + 2 - 2.4 is a little more than 2.
    var ending = snapshot(90, 2.4)
    ending.phase = .draining
    meter.interrupted(at: 2.4, limit: 2)
    #expect(meter.bar(ending, width: 80) == "90 streams, 0 B/s, draining, at most 2s left")
    ending.elapsedSeconds = 3.5
    meter.interrupted(at: 3.5, limit: 2)
    #expect(meter.bar(ending, width: 80) == "90 streams, 0 B/s, draining, at most 1s left")
    ending.elapsedSeconds = 5.4
    #expect(meter.bar(ending, width: 80) == "90 streams, 0 B/s, draining, at most 0s left")
    for width in 0...60 { #expect(meter.bar(ending, width: width).count <= width) }
  }

  @Test(arguments: [
    (true, true, true, false, true), (false, true, true, false, false), (true, false, true, false, false),
    (true, true, false, false, false), (true, true, true, true, false),
  ])
  func color(allowed: Bool, terminal: Bool, escapes: Bool, refused: Bool, expected: Bool) {
    let facts = TerminalFacts(isTerminal: terminal, understandsEscapes: escapes, refusesColor: refused)
    #expect(facts.color(allowed: allowed) == expected)
    #expect(facts.redraws == (terminal && escapes))
  }
}
