import Testing
import ToolSupport

@testable import LoadGen

/// Planned times are a pure function of the plan, exact however many there are.
@Suite struct ArrivalScheduleTests {
  private func schedule(_ start: Double, _ stages: [(seconds: Double, target: Double)] = []) throws -> ArrivalSchedule {
    let stages = stages.map { LoadStage(duration: .seconds($0.seconds), target: $0.target) }
    return try #require(ArrivalSchedule(.rate(start: start, stages: stages)))
  }

  private func count(_ schedule: ArrivalSchedule, before limit: Int64) -> Int {
    schedule.count(before: limit, atMost: .max) { $0 }
  }

  @Test(arguments: [0.5, 1, 3, 90.0 / 60, 1000, 1e6, 7.3]) func aConstantRateDoesNotDrift(rate: Double) throws {
    let schedule = try schedule(rate)
    for index in [0, 1, 2, 99, 12_345, 9_999_999, 10_000_000] {
      let exact = Double(index) / rate * 1e9
      #expect(abs(Double(schedule.time(of: index)) - exact) <= max(1, exact * 1e-15))
    }
  }

  @Test func tenMillionArrivalsInTenSeconds() throws {
    let schedule = try schedule(1e6)
    #expect(count(schedule, before: 10_000_000_000) == 10_000_000)
    var last: Int64 = -1
    for index in 9_990_000..<10_000_000 {
      let time = schedule.time(of: index)
      #expect(time == last + 1000 || last == -1)
      last = time
    }
  }

  /// The area under the rate, added up in small steps, reaches k where arrival k is planned.
  @Test func stagesAgreeWithANumericIntegral() throws {
    let stages: [(seconds: Double, target: Double)] = [(2, 60), (1, 60), (0.5, 5), (1.5, 5), (3, 0), (1, 0), (2, 44.5)]
    let schedule = try schedule(12.5, stages)
    let step = 1e-5
    var (time, area, rate, next) = (0.0, 0.0, 12.5, 0)
    for stage in stages {
      let from = rate
      for index in 0..<Int((stage.seconds / step).rounded()) {
        let now = from + (stage.target - from) * (Double(index) + 0.5) * step / stage.seconds
        // Where the rate is almost nothing, the moment of an area is uncertain too.
        while area >= Double(next) - 1e-9 {
          let planned = Double(schedule.time(of: next)) * 1e-9
          #expect(abs(planned - time) < 0.002, "arrival \(next)")
          next += 1
        }
        area += now * step
        time += step
      }
      rate = stage.target
    }
    #expect(next == count(schedule, before: 11_000_000_000))
    #expect(schedule.time(of: next) == .max)
  }

  @Test func stagesHaveExactlyTheirArea() throws {
    #expect(count(try schedule(0, [(30, 100), (60, 0)]), before: .max) == 4500)
    #expect(count(try schedule(100, [(10, 100)]), before: .max) == 1000)
    // Tenths have no exact binary form, and neither has their sum.
    #expect(count(try schedule(0.1, Array(repeating: (0.1, 0.1), count: 1000)), before: .max) == 10)
    #expect(count(try schedule(0, [(1, 0)]), before: .max) == 0)
  }

  @Test func plannedTimesNeverGoBack() throws {
    let schedule = try schedule(0, [(1, 500), (1, 0), (1, 0), (2, 300)])
    let times = (0..<800).map(schedule.time)
    #expect(times == times.sorted())
    // A second without arrivals in the middle.
    #expect(times[500] >= 3_000_000_000 && times[499] < 2_000_000_000)
    #expect(schedule.time(of: 800) == .max)
    #expect(schedule.time(of: .max) == .max)
  }

  @Test func ratesAreThoseOfTheMoment() throws {
    let schedule = try schedule(10, [(10, 20), (10, 0)])
    #expect([0, 5, 10, 15, 20, 99].map(schedule.rate) == [10, 15, 20, 10, 0, 0])
    #expect(try self.schedule(7).rate(at: 1e9) == 7)
  }

  @Test func burstsArriveTogether() throws {
    let schedule = try #require(ArrivalSchedule(.bursts(count: 3, every: .seconds(2))))
    #expect((0..<7).map(schedule.time) == [0, 0, 0, 2_000_000_000, 2_000_000_000, 2_000_000_000, 4_000_000_000])
    #expect(schedule.time(of: .max) == .max)
    #expect(count(schedule, before: 2_000_000_000) == 3)
    #expect(count(schedule, before: 2_000_000_001) == 6)
    #expect(schedule.rate(at: 1) == 1.5)
  }

  @Test func aClosedModelPlansNothing() {
    #expect(ArrivalSchedule(.closed) == nil)
    #expect(ArrivalSchedule(.lanes([LoadStage(duration: .seconds(1), target: 2)])) == nil)
  }

  @Test func lanesGoEvenlyFromOne() throws {
    let stages = [(10.0, 11.0), (10, 11), (10, 0)].map { LoadStage(duration: .seconds($0.0), target: $0.1) }
    let ramp = try #require(LaneRamp(.lanes(stages)))
    let seconds: [Double] = [-1, 0, 1, 5, 9.4, 10, 19, 20, 25, 29.9, 30, 99]
    #expect(seconds.map { ramp.lanes(at: Int64($0 * 1e9)) } == [1, 1, 2, 6, 10, 11, 11, 11, 6, 0, 0, 0])
    #expect(LaneRamp(.closed) == nil)
  }

  @Test func delaysAreInMicroseconds() {
    var delays = StartDelays()
    #expect(delays.count == 0 && delays.longest == 0)
    for value: Int64 in [-5, 1500, 2_000_000] { delays.record(nanoseconds: value) }
    var other = StartDelays()
    other.record(nanoseconds: .max)
    delays.merge(other)
    #expect(delays.count == 4)
    #expect(delays.percentile(50) == 1)
    #expect(delays.longest >= 86_400_000_000)
  }
}
