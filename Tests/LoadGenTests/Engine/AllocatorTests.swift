import Testing
import ToolSupport

@testable import LoadGen

/// Who gets which stream, and which part of a plan a shard does.
@Suite struct AllocatorTests {
  private func plan(_ targets: Int = 1, _ change: (inout LoadPlan) -> Void = { _ in }) -> LoadPlan {
    var plan = LoadPlan(urls: (0..<targets).map { "http://h/\($0)" })
    change(&plan)
    return plan
  }

  private func allocator(_ plan: LoadPlan, warmUp: Int64 = 0) -> StreamAllocator {
    StreamAllocator(plan: plan, opening: 1000, start: 1000 + warmUp)
  }

  @Test func eachStreamIsHandedOutOnce() {
    let allocator = allocator(plan(2) { $0.streams = 5 })
    let tickets = (0..<8).map { _ in allocator.next(now: 1000) }
    #expect(tickets.compactMap { $0?.stream } == [1, 2, 3, 4, 5])
    #expect(tickets.compactMap { $0?.target } == [0, 1, 0, 1, 0])
    #expect(tickets.compactMap { $0?.plannedAt } == [])
    #expect(tickets[5...].allSatisfy { $0 == nil })
    #expect(allocator.isExhausted && !allocator.isOpen)
    #expect(!self.allocator(plan()).isExhausted)
  }

  @Test func whatIsGivenBackIsHandedOutAgain() throws {
    let allocator = allocator(
      plan {
        $0.streams = 2; $0.arrivals = .rate(start: 10, stages: [])
      })
    let first = try #require(allocator.next(now: 1000))
    #expect(first.plannedAt == 1000)
    let second = try #require(allocator.next(now: 1000))
    #expect(second.plannedAt == 100_001_000)
    #expect(allocator.isExhausted)
    allocator.giveBack(first)
    #expect(!allocator.isExhausted)
    #expect(allocator.next(now: 5000) == first)
    #expect(allocator.next(now: 5000) == nil && allocator.isExhausted)
  }

  @Test func theWarmUpHasNumbersOfItsOwn() throws {
    let allocator = allocator(plan { $0.streams = 1 }, warmUp: 500)
    let warm = try #require(allocator.next(now: 1499))
    #expect(warm.isWarmUp && warm.stream == StreamAllocator.firstWarmUp && !allocator.isExhausted)
    let real = try #require(allocator.next(now: 1500))
    #expect(!real.isWarmUp && real.stream == 1)
    #expect(allocator.next(now: 1500) == nil)
  }

  @Test func arrivalsOfTheWarmUpComeAtTheFirstRate() throws {
    let second: Int64 = 1_000_000_000
    let stages = [LoadStage(duration: .seconds(1), target: 100)]
    let allocator = allocator(plan { $0.arrivals = .rate(start: 4, stages: stages) }, warmUp: second)
    let tickets = (0..<6).compactMap { _ in allocator.next(now: 1000) }
    #expect(tickets.map(\.isWarmUp) == [true, true, true, true, false, false])
    #expect(tickets.prefix(5).map { $0.plannedAt.map { ($0 - 1000) * 4 / second } } == [0, 1, 2, 3, 4])
    // Of the stage alone: 4 to 100 a second is 52 in one.
    #expect(allocator.planned(before: .max) == 52)
    #expect(allocator.planned(before: second + 1000) == 0)
  }

  /// Together, eight processes do exactly what one does: the same streams, at the same times.
  @Test(arguments: [1, 3, 8]) func shardsAddUpToThePlan(count: Int) {
    let stages = [LoadStage(duration: .seconds(3), target: 90), LoadStage(duration: .seconds(2), target: 0)]
    for arrivals in [ArrivalPlan.closed, .rate(start: 7.5, stages: stages), .bursts(count: 5, every: .seconds(1))] {
      func all(_ shard: Shard?) -> [StreamAllocator.Ticket] {
        let allocator = allocator(
          plan(3) {
            $0.arrivals = arrivals; $0.streams = 205; $0.shard = shard
          })
        var tickets: [StreamAllocator.Ticket] = []
        while let ticket = allocator.next(now: 1000) { tickets.append(ticket) }
        #expect(shard == nil || tickets.allSatisfy { ($0.stream - 1) % count == (shard?.index ?? 0) - 1 })
        return tickets
      }
      let parts = (1...count).flatMap { all(Shard(index: $0, count: count)) }
      #expect(parts.sorted { $0.stream < $1.stream } == all(nil))
      let limits: [Int64] = [0, 1000, 1001, 500_001_000, 2_000_001_000, .max]
      for limit in limits where arrivals.isOpen {
        let whole = allocator(plan { $0.arrivals = arrivals }).planned(before: limit)
        let sum = (1...count).reduce(0) { sum, index in
          sum
            + allocator(
              plan {
                $0.arrivals = arrivals; $0.shard = Shard(index: index, count: count)
              }
            )
            .planned(before: limit)
        }
        if limit < .max || arrivals.stagesDuration != nil { #expect(whole == sum) }
      }
    }
  }

  @Test func sharesOfLanesAndStreamsAddUp() {
    for total in [1, 7, 8, 9, 1000] {
      let shares = (1...8).map { Shard(index: $0, count: 8).share(of: total) }
      #expect(shares.reduce(0, +) == total)
      #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
    }
    #expect(Shard(index: 2, count: 8).description == "2/8")
    let part = plan {
      $0.concurrency = 50; $0.streams = 99; $0.shard = Shard(index: 3, count: 4)
    }
    #expect(part.ownConcurrency == 12 && part.ownStreams == 25)
  }
}
