import Testing
import ToolSupport

@testable import LoadGen

@Suite struct PausesTests {
  private func clock(_ change: (inout StreamClock) -> Void) -> StreamClock {
    var clock = StreamClock()
    clock.begin(1000)
    change(&clock)
    return clock
  }

  @Test func theWaitsOfAStream() {
    let whole = clock {
      $0.connect(1100)
      $0.headComplete(1200)
      $0.body(1500)
      $0.body(2500)
      $0.body(2600)
    }
    let wait = StreamWait(whole, transport: .complete, now: 9000)
    #expect(wait.start == 500 && wait.gap == 1000 && wait.stall == nil)
    // What broke off was silent up to its end.
    let broken = StreamWait(whole, transport: .stalled, now: 9000)
    #expect(broken.start == 500 && broken.gap == 6400 && broken.stall == 6400)
    let unanswered = StreamWait(clock { $0.connect(1100) }, transport: .timeout, now: 9000)
    #expect(unanswered.start == 8000 && unanswered.gap == nil && unanswered.stall == nil)
    let bodyless = clock {
      $0.connect(1100)
      $0.headComplete(1200)
    }
    #expect(StreamWait(bodyless, transport: .complete, now: 9000).start == 200)
    let refused = StreamWait(clock { _ in }, transport: .connectFailed, now: 9000)
    #expect(refused.start == nil && refused.gap == nil && refused.stall == nil)
  }

  @Test func theWorstIsTheEarliestOfEquals() {
    func waits(_ streams: [(Int, Int64)]) -> Pauses {
      var pauses = Pauses()
      for (stream, end) in streams {
        let clock = clock {
          $0.connect(1000)
          $0.body(1000 + end)
        }
        pauses.count(StreamWait(clock, transport: .complete, now: end), stream: stream, limits: PauseLimits())
      }
      return pauses
    }
    var left = waits([(4, 10), (2, 30)])
    let right = waits([(1, 30), (3, 2_000_000_000)])
    #expect(left.worstStart == .init(stream: 2, nanoseconds: 30) && left.slowStarts == 0)
    left.add(right)
    #expect(left.worstStart == .init(stream: 3, nanoseconds: 2_000_000_000) && left.slowStarts == 1)
    var equal = waits([(2, 30)])
    equal.add(waits([(1, 30)]))
    #expect(equal.worstStart?.stream == 1)
    equal.add(Pauses())
    #expect(equal.worstStart?.stream == 1)
  }

  private static let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
  private static let half = "\(head)hello"
  private static let whole = "\(head)helloworld"

  /// Through the engine: the one slow stream of several is counted, and named.
  @Test(
    arguments: [
      ([.wait(milliseconds: 1300), .send(whole)], [1, 0, 0]),
      ([.send(head), .wait(milliseconds: 1300), .send("helloworld")], [1, 0, 0]),
      ([.send(half), .wait(milliseconds: 1300), .send("world")], [0, 1, 0]),
      ([.send(half), .hang], [0, 1, 1]),
      ([.hang], [1, 0, 1]),
      ([.send(whole)], [0, 0, 0]),
    ] as [([ScriptedServer.Step], [Int])])
  func slowStartsGapsAndStalls(steps: [ScriptedServer.Step], counts: [Int]) throws {
    let (result, _) = try EngineHarness.run { request in
      request.number == 1 ? steps : [.send(Self.whole)]
    } _: {
      $0.streams = 3
      $0.stallTimeout = TimeSpan(nanoseconds: 2_000_000_000)
    }
    let pauses = result.counters.pauses
    #expect([pauses.slowStarts, pauses.silentGaps, pauses.stalled] == counts)
    if counts[0] == 1 { #expect(pauses.worstStart?.stream == 2 && pauses.worstStart?.seconds ?? 0 >= 1) }
    if counts[1] == 1 { #expect(pauses.worstGap?.stream == 2 && pauses.worstGap?.seconds ?? 0 >= 1) }
    #expect(pauses.worstStall?.stream == (counts[2] == 1 ? 2 : nil))
    let report = PauseEntry(pauses, limits: result.plan.pauseLimits)
    #expect(report.slowStarts == counts[0] && report.slowStartLimitSeconds == 1)
  }
}
