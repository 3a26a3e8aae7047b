import Testing
import ToolSupport

@testable import LoadGen

/// Statistics that begin anew while the load goes on.
@Suite struct ResetTests {
  @Test(arguments: [1, 2]) func everythingIsOfWhatEndedAfterIt(threads: Int) throws {
    let live = try LiveHarness({ request in
      request.number < 200
        ? [.send("HTTP/1.1 502 Bad\r\nx-gzproxy-instance: a\r\nContent-Length: 2\r\n\r\nno")]
        : [.wait(milliseconds: 1), .send(EngineHarness.hello)]
    }) {
      $0.concurrency = 4
      $0.threads = threads
    }
    let series = RunSeries()
    EngineHarness.eventually("the bad ones are over, and good ones came") {
      let snapshot = live.view().snapshot
      series.observe(snapshot)
      return snapshot.counters.failed == 200 && snapshot.counters.ok >= 200
        && (snapshot.distributions?.count(.ttfb) ?? 0) > 0
    }
    let before = live.view().snapshot
    live.source.perform(.resetStatistics)
    let first = live.view()
    series.observe(first.snapshot)
    #expect(first.isRestart && first.snapshot.resets == 1)
    #expect(first.snapshot.counters.failed == 0 && first.snapshot.counters.streams < before.counters.streams)
    #expect(first.snapshot.elapsedSeconds >= before.elapsedSeconds)
    #expect(first.snapshot.countedSeconds < first.snapshot.elapsedSeconds)
    #expect(first.snapshot.lanes.allSatisfy { $0.failed == 0 && $0.badGateways == 0 })
    #expect(before.memory.instances["a"]?.failed == 200)
    #expect(first.snapshot.memory.instances["a"].map { $0.streams == 0 && $0.failed == 0 } ?? true)
    EngineHarness.eventually("more end") {
      let snapshot = live.view().snapshot
      series.observe(snapshot)
      return snapshot.counters.ok >= 100
    }
    #expect(live.restarts == 1)
    let result = live.finish(.drain)
    let last = live.view()
    series.observe(last.snapshot)
    #expect(result.counters.failed == 0 && result.counters.ok == result.counters.streams && result.counters.ok >= 100)
    #expect(result.counters.ok < live.server.requestCount - 200)
    #expect(result.evidence.isEmpty)
    #expect(result.distributions.count(.ttfb) == UInt64(result.counters.ok))
    #expect(last.latency?.shapes[.ttfb]?.count == Int64(result.counters.ok))
    #expect(result.countedFromSeconds > 0)
    #expect(abs(result.durationSeconds - last.snapshot.countedSeconds) < 0.001)
    #expect(result.durationSeconds < last.snapshot.elapsedSeconds)
    #expect(result.notes.contains { $0.hasPrefix("statistics were reset at ") })
    let samples = series.series().samples
    #expect(samples.reduce(0) { $0 + $1.streams } == result.counters.streams)
    #expect(samples.allSatisfy { $0.failed == 0 } && samples.first?.atSeconds == 0)
    // What ended before is in no event after it.
    let restart = live.events.lastIndex { if case .end(let record) = $0 { record.result == .failed } else { false } }
    #expect(restart != nil)
  }

  @Test func streamsInFlightCountWhole() throws {
    let live = try LiveHarness({ _ in
      [.send("HTTP/1.1 200 OK\r\nx-gzproxy-instance: a\r\nContent-Length: 9\r\n\r\nhello"), .hang]
    }) { $0.concurrency = 3 }
    EngineHarness.eventually("all run") { live.view().snapshot.counters.bytesWire == 15 }
    live.source.perform(.resetStatistics)
    EngineHarness.eventually("their bytes are there") { live.view().snapshot.counters.bytesWire == 15 }
    #expect(live.view().snapshot.counters.streams == 0)
    EngineHarness.eventually("their instance too") { live.view().snapshot.memory.instances["a"]?.streams == 3 }
    EngineHarness.eventually("they are announced again") {
      _ = live.view()
      return live.events.count { if case .begin = $0 { true } else { false } } == 6
    }
    let result = live.finish()
    #expect(result.counters.streams == 3 && result.counters.cutByDeadline == 3 && result.counters.bytesWire == 15)
  }

  /// The target has answered: a run that ends before anything else does is none that could not run.
  @Test func aRunWithoutAStreamAfterItIsNoFailure() throws {
    for isAnswered in [true, false] {
      let live = try LiveHarness({ request in
        request.number > 0 ? [.hang] : isAnswered ? [.send(EngineHarness.hello)] : [.close]
      }) { $0.concurrency = 1 }
      EngineHarness.eventually("one has ended") { live.view().snapshot.counters.streams == 1 }
      live.source.perform(.resetStatistics)
      EngineHarness.eventually("it is forgotten") { live.view().snapshot.counters.streams == 0 }
      let report = RunReport(live.finish(), lab: nil)
      #expect(report.totals.ok == 0 && report.totals.failed == 0)
      #expect(report.exit == (isAnswered ? .passed : .couldNotRun), "\(report.noResponseReason ?? "")")
    }
  }

  @Test func plannedIsStillBegunAndDropped() throws {
    let live = try LiveHarness({ request in request.number < 50 ? [.send(EngineHarness.hello)] : [.hang] }) {
      $0.arrivals = .rate(start: 500, stages: [])
      $0.concurrency = 4
    }
    EngineHarness.eventually("some have ended") { live.view().snapshot.counters.streams >= 20 }
    live.source.perform(.resetStatistics)
    EngineHarness.eventually("others wait") { live.view().snapshot.queued >= 10 }
    let waiting = live.view().snapshot.queued
    let result = live.finish()
    // Streams of before the reset are no arrivals that were dropped.
    let most = Int(Double(500) * live.engine.snapshot().elapsedSeconds) + 1
    #expect(result.counters.dropped >= waiting && result.counters.dropped <= most - live.server.requestCount)
    #expect(result.startDelays?.count == UInt64(result.counters.streams))
  }

  @Test func thereIsNothingToResetBeforeAndAfter() throws {
    let live = try LiveHarness({ _ in [.send(EngineHarness.hello)] }) { $0.streams = 3 }
    let result = live.finish(nil)
    live.source.perform(.resetStatistics)
    let view = live.view()
    #expect(!view.isRestart && view.snapshot.counters == result.counters && view.snapshot.resets == 0)
    #expect(live.replies.last?.isFailure == true)
  }

  @Test func oneThatHasNotObeyedCountsForNothing() {
    var report = LoopReport()
    report.counters.streams = 7
    report.counters.ok = 7
    report.forgotten = 2
    report.epoch = 1
    report.active = 3
    #expect(report.counted(in: 1).counters.streams == 7)
    let late = report.counted(in: 2)
    #expect(late.counters == Counters() && late.forgotten == 9 && late.active == 3)
  }

  /// Lanes that somebody added and pauses are no part of the plan, and change what the figures mean.
  @Test func lanesAndPausesAreTold() {
    var notes = SteeringNotes()
    notes.changed(concurrency: 12, at: 1.5)
    notes.paused(true, at: 2)
    notes.paused(true, at: 2.5)
    notes.paused(false, at: 3)
    notes.paused(false, at: 3.5)
    #expect(notes.lines(until: 9).first == "the number of lanes was changed while it ran: 12 at 1.5s")
    #expect(notes.lines(until: 9).last?.hasPrefix("the load was paused at 2s for 1s; ") == true)
    notes.paused(true, at: 7)
    let twice = "the load was paused at 2s for 1s, at 7s for 2s, 3s in all; "
    #expect(notes.lines(until: 9).last?.hasPrefix(twice) == true)
    // What was before is in no figure.
    notes.reset(at: 8)
    #expect(notes.lines(until: 9).last?.hasPrefix("the load was paused at 8s for 1s; ") == true)
    notes.paused(false, at: 8)
    for second in 0..<20 {
      notes.paused(true, at: 10 + Double(second))
      notes.paused(false, at: 10.5 + Double(second))
    }
    let many = notes.lines(until: 40).last
    #expect(many?.contains(" and 13 times more, 10s in all; ") == true, "\(many ?? "")")
  }

  @Test func notesAreBounded() {
    var notes = SteeringNotes()
    #expect(notes.lines(until: 30).isEmpty)
    for index in 0..<20 { notes.changed(rate: 1.5 + Double(index), hasStages: false, at: Double(index)) }
    #expect(notes.lines(until: 30).count == 1)
    let rates = notes.lines(until: 30).first
    #expect(rates?.hasPrefix("the rate was changed while it ran: 1.5/s at 0s, 2.5/s at 1s") == true)
    #expect(rates?.hasSuffix(" and 12 times more, at last 20.5/s at 19s") == true)
    #expect(RateText.shown(120) == "120/s" && RateText.shown(0.01) == "0.01/s" && RateText.shown(1e7) == "10000000/s")
  }
}
