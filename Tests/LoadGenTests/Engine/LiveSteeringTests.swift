import Testing
import ToolSupport

@testable import LoadGen

/// Streams that a person cuts, and bodies that are judged in another way from now on.
@Suite struct LiveSteeringTests {
  private static let part = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"

  @Test(arguments: [1, 2]) func anAbortedStreamIsCutAndItsLaneGoesOn(threads: Int) throws {
    let live = try LiveHarness({ request in
      // The first of each of four lanes hangs, two of them before their head.
      request.number < 4
        ? (request.number % 2 == 0 ? [.hang] : [.send(Self.part), .hang]) : [.send(EngineHarness.hello)]
    }) {
      $0.concurrency = 4
      $0.threads = threads
    }
    EngineHarness.eventually("all lanes run") { live.view().snapshot.active == 4 && live.server.requestCount == 4 }
    let before = live.view().snapshot.lanes
    for lane in before { live.source.perform(.abortStream(lane: lane.lane, stream: lane.stream)) }
    EngineHarness.eventually("their lanes go on") {
      live.view().snapshot.lanes.allSatisfy { $0.streams > 2 }
    }
    // They are over, and others have their lanes.
    for lane in before { live.source.perform(.abortStream(lane: lane.lane, stream: lane.stream)) }
    live.source.perform(.abortStream(lane: 77, stream: 1))
    live.source.perform(.abortStream(lane: -1, stream: 1))
    let count = live.view().snapshot.counters.ok
    EngineHarness.eventually("more end") { live.view().snapshot.counters.ok > count + 100 }
    let result = live.finish(.drain)
    #expect(result.counters.cutByDeadline == 4 && result.counters.failed == 0)
    #expect(result.counters.transport[.cutByDeadline] == 4)
    #expect(live.replies.map(\.isFailure) == Array(repeating: false, count: 4) + Array(repeating: true, count: 6))
  }

  /// What the load was, and for how long it rested, is in the result: the plan says another thing.
  @Test func lanesAndPausesAreInTheResult() throws {
    let live = try LiveHarness({ _ in [.send(EngineHarness.hello)] }) { $0.concurrency = 2 }
    live.source.perform(.setConcurrency(2))
    live.source.perform(.setConcurrency(5))
    EngineHarness.eventually("five lanes") { live.view().snapshot.lanes.filter { $0.streams > 0 }.count == 5 }
    live.source.perform(.setPaused(true))
    EngineHarness.eventually("it rests") { live.view().snapshot.active == 0 }
    let notes = live.finish(.drain).notes
    #expect(notes.contains { $0.hasPrefix("the number of lanes was changed while it ran: 5 at ") })
    #expect(notes.contains { $0.hasPrefix("the load was paused at ") && !$0.contains("in all") })
  }

  /// A stream that has fallen silent shows that before anybody gives it up: on its lane, opened, and in the events.
  @Test func silenceIsSeenWhileItGoesOn() throws {
    let live = try LiveHarness({ _ in [.send(Self.part), .hang] }) { $0.concurrency = 1 }
    let focus = RunFocus(lane: 0)
    EngineHarness.eventually("more than a second of it") {
      (live.view(focus).snapshot.lanes.first?.longestGapSeconds ?? 0) > 1.2
    }
    let detail = try #require(live.view(focus).detail)
    #expect(detail.isRunning && (detail.record.gapMax ?? 0) > 1_200_000)
    #expect((detail.longestGapAt ?? .max) <= detail.record.endedAt - 1_200_000)
    EngineHarness.eventually("it is told") {
      _ = live.view()
      return live.events.contains { event in
        if case .progress(let progress) = event {
          progress.entries.contains { $0.longestGap >= 1_000_000 }
        } else {
          false
        }
      }
    }
    live.source.perform(.abortStream(lane: 0, stream: 1))
    var gap: Int64?
    EngineHarness.eventually("its end is told") {
      _ = live.view()
      for case .end(let record) in live.events where record.stream == 1 { gap = record.gapMax }
      return gap != nil
    }
    #expect((gap ?? 0) >= 1_200_000)
    #expect(live.finish().counters.cutByDeadline >= 1)
  }

  @Test func onlySoManyAbortsWait() {
    var aborts = StreamAborts()
    for number in 1...100 { aborts.add(lane: number, stream: number) }
    #expect(aborts.entries.count == StreamAborts.limit && aborts.serial == 100)
    #expect(Array(aborts.after(97)).map(\.stream) == [98, 99, 100])
    #expect(Array(aborts.after(100)).isEmpty)
  }

  @Test func bodiesAreJudgedAsWasSaidLast() throws {
    let body = GzipFixture.member(GzipFixture.text(3000))
    let bad = Array(body.dropLast(8)) + [UInt8](repeating: 0, count: 8)
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
    let live = try LiveHarness({ request in
      [.wait(milliseconds: 2), .bytes(Array(head.utf8) + (request.number % 4 == 3 ? bad : body))]
    }) { $0.validation = .full }
    func treated(_ treatment: Treatment, _ verdict: Verdict, _ mode: ValidationMode) {
      live.source.perform(.setValidation(mode))
      let before = live.view().snapshot.counters
      EngineHarness.eventually("\(mode): \(treatment), \(verdict)") {
        let now = live.view().snapshot.counters
        return now.treatments[treatment] >= before.treatments[treatment] + 8
          && now.verdicts[verdict] >= before.verdicts[verdict] + 2
      }
      #expect(live.view().validation == mode)
    }
    treated(.full, .corruptCRC, .full)
    treated(.compared, .corruptCRC, .compare)
    treated(.off, .unchecked, .off)
    treated(.compared, .corruptCRC, .compare)
    treated(.frame, .unchecked, .frame)
    treated(.full, .valid, .full)
    let result = live.finish(.drain)
    // Every body that was judged got its due: one in four is bad, and nothing but `valid` and `corrupt_crc` was seen.
    let counters = result.counters
    #expect(
      counters.verdicts[.valid] + counters.verdicts[.corruptCRC] + counters.verdicts[.unchecked] == counters.streams)
    #expect(counters.failed == counters.verdicts[.corruptCRC])
    let note = result.notes.first { $0.hasPrefix("validation was changed while it ran: compare at ") }
    #expect(note?.contains(", off at ") == true && note?.contains(", full at ") == true)
  }

  @Test func aRunningBodyIsJudgedAsItBegan() {
    let judge = BodyJudge.fresh(.full)
    let body = GzipFixture.member(GzipFixture.text(3000))
    judge.begin(target: 0, method: "GET", head: ResponseHead(status: 200, fields: [("content-encoding", "gzip")]))
    judge.mode = .off
    body.withUnsafeBytes { judge.receive($0) }
    let judgement = judge.finish(transport: .complete)
    #expect(judgement.verdict == .valid && judgement.treatment == .full)
    #expect(Trial().run(body, split: 100, judge: judge).treatment == .off)
    judge.mode = .compare
    #expect(Trial().run(body, split: 100, judge: judge).treatment == .full)
    judge.mode = .off
    #expect(Trial().run(body, split: 100, judge: judge).verdict == .unchecked)
    judge.mode = .compare
    #expect(Trial().run(body, split: 100, judge: judge).treatment == .compared)
    #expect(Trial().run(Array(body.dropLast(4)), split: 100, judge: judge).verdict == .truncated)
  }

  @Test func whatIsExpectedOfBodiesStaysTestable() throws {
    let live = try LiveHarness({ _ in [.hang] }) {
      $0.validation = .full
      $0.expectations.gzip = true
    }
    live.source.perform(.setValidation(.off))
    #expect(live.view().validation == .full)
    #expect(live.replies.count == 1 && live.replies.allSatisfy(\.isFailure))
    live.source.perform(.setRate(5))
    live.source.perform(.saveReport(.json, path: "/nowhere"))
    _ = live.view()
    #expect(live.replies.count == 3 && live.replies.allSatisfy(\.isFailure))
    #expect(live.finish().notes.allSatisfy { !$0.hasPrefix("validation") })
  }
}
