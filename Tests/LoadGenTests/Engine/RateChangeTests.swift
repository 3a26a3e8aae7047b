import Testing
import ToolSupport

@testable import LoadGen

/// A person changes the rate of an open model: nothing is lost, nothing comes twice.
@Suite struct RateChangeTests {
  private static let second: Int64 = 1_000_000_000

  private func schedule(_ start: Double, _ stages: [(Double, Double)] = []) throws -> ArrivalSchedule {
    try #require(
      ArrivalSchedule(
        .rate(start: start, stages: stages.map { LoadStage(duration: .seconds($0.0), target: $0.1) })))
  }

  private func count(_ schedule: ArrivalSchedule, before seconds: Double) -> Int {
    schedule.count(before: Int64(seconds * 1e9), atMost: .max) { $0 }
  }

  @Test func whatWasPlannedUntilThenStays() throws {
    let before = try schedule(10)
    let after = before.changed(rate: 100, at: Self.second * 3 / 2, begun: 0)
    #expect((0..<15).map(after.time) == (0..<15).map(before.time))
    // Fifteen are due before, the sixteenth at that moment, and from then on one each 10 ms.
    #expect(abs(after.time(of: 15) - 1_500_000_000) < 10 && abs(after.time(of: 16) - 1_510_000_000) < 10)
    #expect(count(after, before: 2.4999) == 115)
    #expect(after.rate(at: 1) == 10 && after.rate(at: 1.6) == 100)
  }

  @Test func stagesAreReplaced() throws {
    let before = try schedule(0, [(10, 100), (10, 0)])
    // Two seconds up to 20/s are 20 arrivals.
    let after = before.changed(rate: 5, at: 2 * Self.second, begun: 0)
    #expect(count(after, before: 2) == 20 && count(after, before: 4) == 30)
    #expect(after.rate(at: 1) == 10 && after.rate(at: 2) == 5 && after.rate(at: 1000) == 5)
    // After the last stage there is nothing, until somebody wants something.
    let late = before.changed(rate: 10, at: 30 * Self.second, begun: 1000)
    #expect(count(late, before: 30) == 1000 && count(late, before: 31) == 1010)
    let early = before.changed(rate: 10, at: 0, begun: 0)
    #expect(early.time(of: 10) == Self.second)
  }

  @Test func aHundredChangesAreBoundedAndKeepTheirArea() throws {
    var schedule = try schedule(10)
    for step in 1...500 {
      schedule = schedule.changed(rate: Double(step % 7 + 1) * 10, at: Int64(step) * Self.second, begun: 0)
    }
    var area = 10.0
    for step in 1..<500 { area += Double(step % 7 + 1) * 10 }
    #expect(abs(count(schedule, before: 500) - Int(area)) <= 1)
    let times = (0..<20_000).map(schedule.time)
    #expect(times == times.sorted())
    // What has begun is nobody's question any more.
    let short = schedule.changed(rate: 1, at: 600 * Self.second, begun: 1_000_000)
    #expect(count(short, before: 600) >= Int(area))
    #expect(try self.schedule(3).changed(rate: 7, at: 0, begun: 0).rate(at: 0) == 7)
    let bursts = try #require(ArrivalSchedule(.bursts(count: 3, every: .seconds(2))))
    #expect(bursts.changed(rate: 5, at: 0, begun: 0).time(of: 3) == 2 * Self.second)
  }

  @Test func whatWaitsIsRetimed() throws {
    var plan = LoadPlan(urls: ["http://h/"])
    plan.arrivals = .rate(start: 0.1, stages: [])
    let allocator = StreamAllocator(plan: plan, opening: 1000, start: 1000)
    let first = try #require(allocator.next(now: 1000))
    let second = try #require(allocator.next(now: 1000))
    #expect(second.plannedAt == 10 * Self.second + 1000)
    allocator.setRate(10, at: 5 * Self.second + 1000)
    #expect(allocator.retimed(first) == first)
    let retimed = allocator.retimed(second)
    // Half an arrival was there already.
    #expect(retimed.plannedAt == 5 * Self.second + 50_000_000 + 1000 && retimed.stream == 2)
    allocator.giveBack(second)
    #expect(allocator.begun == 1)
    #expect(allocator.next(now: 6 * Self.second) == retimed && allocator.begun == 2)
    #expect(allocator.rate(at: 6 * Self.second) == 10 && allocator.rate(at: 2000) == 0.1)
  }

  @Test(arguments: [1, 2]) func aRunFollowsItsRate(threads: Int) throws {
    let live = try LiveHarness({ _ in [.send(EngineHarness.hello)] }) {
      $0.arrivals = .rate(start: 0.01, stages: [])
      $0.concurrency = 20
      $0.threads = threads
      $0.streams = 61
    }
    // The first comes at once, the second after a hundred seconds.
    EngineHarness.eventually("the first has ended") { live.view().snapshot.counters.ok == 1 }
    #expect(live.source.abilities.contains(.rate) && live.view().rate == 0.01)
    live.source.perform(.setRate(200))
    #expect(live.view().rate == 200)
    let result = live.finish(nil)
    #expect(result.counters.ok == 61 && result.counters.dropped == 0)
    #expect(result.durationSeconds >= 0.29 && result.durationSeconds < 60)
    #expect(result.notes.contains { $0.hasPrefix("the rate was changed while it ran: 200/s at ") })
  }

  @Test func everyPlannedArrivalBeganOrWasDropped() throws {
    let live = try LiveHarness({ request in request.number < 3 ? [.send(EngineHarness.hello)] : [.hang] }) {
      $0.arrivals = .rate(start: 100, stages: [LoadStage(duration: .seconds(100), target: 0)])
      $0.concurrency = 2
    }
    EngineHarness.eventually("both lanes hang, and others wait") {
      let snapshot = live.view().snapshot
      return snapshot.active == 2 && snapshot.queued >= 5
    }
    live.source.perform(.setRate(-3))
    #expect(live.view().rate == LoadEngine.lowestRate)
    let queued = live.view().snapshot.queued
    let since = live.view().snapshot.elapsedSeconds
    EngineHarness.eventually("time passes") { live.view().snapshot.elapsedSeconds > since + 0.2 }
    #expect(live.view().snapshot.queued - queued <= 1)
    live.source.perform(.setRate(1e99))
    #expect(live.view().rate == RateText.highest)
    live.source.perform(.setRate(.nan))
    live.source.perform(.setRate(1))
    let waiting = live.view().snapshot.queued
    let result = live.finish()
    let begun = result.counters.streams
    #expect(begun == live.server.requestCount && result.counters.cutByDeadline == 2)
    // What waited at the end was dropped: nothing is planned that neither began nor was dropped.
    #expect(result.counters.dropped - waiting <= 2 && result.counters.dropped >= waiting)
    #expect(live.view().snapshot.queued == 0)
    #expect(result.notes.contains { $0.contains("the planned stages were replaced") })
  }
}
