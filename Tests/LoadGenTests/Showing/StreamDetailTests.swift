import Testing
import ToolSupport

@testable import LoadGen

/// What a person sees who opens one stream.
@Suite struct StreamDetailTests {
  private static let partOfNine = "HTTP/1.1 200 OK\r\nSet-Cookie: s=1\r\nX-B: 2\r\nContent-Length: 9\r\n\r\nhello"

  @Test func aRunningStreamIsShownAsFarAsItHasCome() throws {
    let live = try LiveHarness(path: "/a?b=1", { _ in [.send(Self.partOfNine), .hang] }) {
      $0.headers = ["X-A: 1", "Authorization: Bearer secret"]
    }
    let detail = try live.detail(RunFocus(lane: 0)) { $0.record.bytesWire == 5 }
    #expect(detail.isRunning && detail.record.stream == 1 && detail.record.lane == 0 && detail.record.status == 200)
    #expect(detail.record.expectedBytes == 9 && detail.record.ttfb != nil && detail.record.ttlb == nil)
    #expect(detail.record.endedAt >= detail.record.startedAt)
    #expect(detail.requestLine == "GET /a?b=1")
    let sent = Dictionary(detail.requestFields.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + $1 })
    #expect(sent["X-A"] == "1" && sent["Authorization"] == "***")
    let received = live.server.requests.first?.headers.compactMap { $0.split(separator: ":").first.map(String.init) }
    #expect(Set(received ?? []) == Set(sent.keys))
    #expect(detail.response?.value("x-b") == "2" && detail.response?.value("set-cookie") == "***")
    #expect(detail.arrivals?.bytes.reduce(0, +) == 5)
    #expect(detail.bodyHead == Array("hello".utf8) && detail.bodyTail == Array("hello".utf8))
    #expect(detail.advice == nil && detail.explanation == nil)
    // The same by its number, and nothing under another.
    #expect(try live.detail(RunFocus(lane: 0, stream: 1)) { _ in true }.isRunning)
    #expect(live.finish().counters.cutByDeadline == 1)
    let ended = try live.detail(RunFocus(lane: 0)) { !$0.isRunning }
    #expect(ended.record.result == .cutByDeadline && ended.arrivals?.bytes.reduce(0, +) == 5)
    #expect(live.view(RunFocus(lane: 0, stream: 2)).detail == nil)
    #expect(live.view(RunFocus(lane: -1)).detail == nil && live.view(RunFocus(lane: 999)).detail == nil)
  }

  @Test func bodiesAreSentAsTheyAreShown() throws {
    let live = try LiveHarness({ _ in [.hang] }) {
      $0.method = "POST"
      $0.body = .bytes(Array("abc".utf8))
      $0.credentials = Credentials(user: "u", password: "secret")
    }
    let detail = try live.detail(RunFocus(lane: 0)) { $0.isRunning }
    EngineHarness.eventually("it was sent") { live.server.requestCount == 1 }
    let request = try #require(live.server.requests.first)
    #expect(detail.requestLine == "POST /" && request.method == "POST")
    let names = request.headers.compactMap { $0.split(separator: ":").first.map(String.init) }
    #expect(Set(names) == Set(detail.requestFields.map(\.name)))
    for field in detail.requestFields {
      #expect(field.value == (field.name == "Authorization" ? "***" : request.values(field.name).first))
    }
    _ = live.finish()
  }

  @Test(arguments: [1, 2]) func endedAndFailedStreamsAreRemembered(threads: Int) throws {
    let live = try LiveHarness({ request in
      request.number == 3
        ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"), .close] : [.send(EngineHarness.hello)]
    }) {
      $0.concurrency = 4
      $0.threads = threads
    }
    EngineHarness.eventually("many have ended") { live.view().snapshot.counters.streams >= 1000 }
    live.source.perform(.setPaused(true))
    EngineHarness.eventually("nothing runs") { live.view().snapshot.active == 0 }
    let ends = live.events.compactMap { if case .end(let record) = $0 { record } else { nil } }
    // Long ago, but a failure.
    let failed = try #require(ends.first { $0.result == .failed })
    let detail = try live.detail(RunFocus(lane: failed.lane, stream: failed.stream)) { _ in true }
    #expect(detail.record == failed && !detail.isRunning && detail.record.transport == .cut)
    #expect(detail.advice?.hasPrefix("the connection ended before") == true && detail.explanation != nil)
    #expect(detail.bodyHead == Array("hello".utf8) && detail.response?.status == 200)
    // What the lane carried last, also by its number.
    for lane in live.view().snapshot.lanes {
      let own = try live.detail(RunFocus(lane: lane.lane)) { _ in true }
      #expect(own.record.stream == lane.stream && own.bodyHead == Array("hello".utf8))
      #expect(try live.detail(RunFocus(lane: lane.lane, stream: own.record.stream)) { _ in true }.record == own.record)
    }
    // One that nobody remembers.
    let old = try #require(ends.first { $0.result == .ok })
    EngineHarness.eventually("it is asked for") {
      live.view(RunFocus(lane: old.lane, stream: old.stream)).detail == nil
    }
    _ = live.finish()
    #expect(try live.detail(RunFocus(lane: failed.lane, stream: failed.stream)) { _ in true }.record == failed)
  }

  @Test(arguments: ValidationMode.allCases) func membersHaveTheirSizes(mode: ValidationMode) throws {
    let members = (0..<20).map { GzipFixture.member(GzipFixture.text(100 + 50 * $0)) }
    let body = members.flatMap { $0 }
    let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
    let live = try LiveHarness({ _ in [.bytes(Array(head.utf8) + body)] }) {
      $0.streams = 2
      $0.validation = mode
    }
    EngineHarness.eventually("both have ended") { live.view().snapshot.counters.ok == 2 }
    let sizes = mode.inflates ? members.prefix(GzipStreamValidator.shownMembers).map { Int64($0.count) } : []
    for stream in 1...2 {
      let detail = try live.detail(RunFocus(lane: 0, stream: stream)) { _ in true }
      #expect(detail.memberBytes == sizes)
      #expect(
        detail.record.treatment == (mode == .compare ? (stream == 1 ? .full : .compared) : detail.record.treatment))
    }
    _ = live.finish(nil)
  }

  @Test func theLongestSilenceHasItsMoment() {
    var clock = StreamClock()
    clock.begin(100)
    for time in [200, 250, 900, 1000, 1600] as [Int64] { clock.body(time) }
    #expect(clock.longestGap == 650 && clock.longestGapAt == 250)
    clock.begin(5000)
    #expect(clock.longestGapAt == 0)
  }
}
