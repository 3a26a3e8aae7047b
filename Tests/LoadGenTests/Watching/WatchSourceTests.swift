import Synchronization
import TestSupport
import Testing
import ToolSupport

@testable import LoadGen

/// `--watch`: what a proxy or a function tells of itself, made into what a dashboard shows.
@Suite struct WatchSourceTests {
  private static func answer(_ body: String) -> String {
    "HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
  }

  private static func stats(
    uptime: Double, total: Int, _ streams: [(id: String, bytes: Int, age: Double)]
  ) -> String {
    let rows = streams.map {
      "{\"request_id\":\"\($0.id)\",\"buffered_bytes\":3,\"bytes_out\":\($0.bytes),\"age_seconds\":\($0.age)}"
    }
    return """
      {"instance":"i","uptime_seconds":\(uptime),"rss_bytes":1000,"active_streams":\(streams.count),
       "streams_total":\(total),"incomplete_total":2,"bytes_out_total":500,
       "upstream_errors":{"dns_error":1,"http_response_timeout":4,"news":1},"streams":[\(rows.joined(separator: ","))]}
      """
  }

  private static func decoded(_ text: String) throws -> TargetStats {
    try #require(TargetStats(json: Array(text.utf8)))
  }

  /// A target whose clock goes when it is told to.
  private static func target(_ now: @escaping @Sendable () -> Int64) throws -> WatchedTarget {
    WatchedTarget(url: "http://h/s", stopped: try #require(WakeDescriptor()), clock: now)
  }

  @Test func totalsAreTheTargets() throws {
    let target = try Self.target { 5 }
    target.take(try Self.decoded(Self.stats(uptime: 9, total: 20, [("a", 0, 0.5)])))
    let view = target.view(of: nil)
    let counters = view.snapshot.counters
    #expect(counters.streams == 19 && counters.failed == 6 && counters.bytesWire == 500)
    // Nobody tells which status a stream had, or how it ended.
    #expect(counters.ok == 0 && counters.causes.isEmpty && counters.status.isEmpty && counters.transport.total == 0)
    let watch = try #require(view.snapshot.watch)
    #expect(watch.failures.map(\.name) == ["upstream_timeout", "news", "upstream_dns"])
    #expect(watch.failures.map(\.count) == [4, 1, 1])
    #expect(watch.failures[0].advice.hasSuffix("(the proxy calls it http_response_timeout)"))
    #expect(watch.isAnswering && watch.tellsBytes && watch.limit == nil)
    #expect(view.snapshot.active == 1 && view.snapshot.memory.rssBytes == 1000 && view.status == nil)
    #expect(view.snapshot.memory.bufferedByRequest == ["a": 3])
  }

  @Test func rowsStayWhileTheirStreamsRun() throws {
    let now = Mutex<Int64>(0)
    let clock: @Sendable () -> Int64 = { now.withLock { $0 } }
    let target = try Self.target(clock)
    func told(_ streams: [(id: String, bytes: Int, age: Double)], total: Int) throws -> [LaneSnapshot] {
      target.take(try Self.decoded(Self.stats(uptime: 9, total: total, streams)))
      now.withLock { $0 += 2_000_000_000 }
      return target.view(of: nil).snapshot.lanes
    }
    let first = try told([("a", 0, 0.1), ("b", 100, 1)], total: 2)
    #expect(first.map(\.requestID) == ["a", "b"] && first.map(\.state) == [.waiting, .streaming])
    let second = try told([("b", 700, 3), ("c", 10, 1)], total: 3)
    #expect(second.map(\.requestID) == ["a", "b", "c"] && second.map(\.state) == [.ended, .streaming, .streaming])
    #expect(second[1].bytesPerSecond == 300 && second[1].elapsedSeconds == 3 && second[1].stream == 2)
    let third = try told([("d", 1, 1), ("c", 10, 3)], total: 4)
    #expect(third.map(\.requestID) == ["d", "b", "c"] && third.map(\.stream) == [4, 2, 3])
    #expect(third.allSatisfy { $0.isWatched && $0.verdict == nil && $0.transport == nil && $0.status == 0 })
    let detail = try #require(target.view(of: RunFocus(lane: 2, stream: 3)).detail)
    #expect(detail.isRunning && detail.record.requestID == "c" && detail.record.bytesWire == 10)
    let watched = try #require(detail.watched)
    #expect(watched.isTold && watched.heldBytes == 3 && watched.failed == 2 && detail.arrivals == nil)
    #expect(target.view(of: RunFocus(lane: 2, stream: 1)).detail == nil)
  }

  /// The row of an opened stream is another's before anybody has looked again.
  @Test func anOpenedStreamIsKept() throws {
    let target = try Self.target { 0 }
    let focus = RunFocus(lane: 0, stream: 1)
    target.take(try Self.decoded(Self.stats(uptime: 1, total: 1, [("a", 7, 1)])))
    #expect(target.view(of: focus).detail?.isRunning == true)
    target.fail("HTTP 500")
    let silent = try #require(target.view(of: focus).detail)
    #expect(silent.isRunning && silent.watched?.isTold == false && silent.record.bytesWire == 7)
    #expect(target.view(of: nil).snapshot.lanes.map(\.state) == [.idle])
    #expect(target.view(of: nil).snapshot.watch?.isAnswering == false)
    target.take(try Self.decoded(Self.stats(uptime: 2, total: 1, [("a", 8, 2)])))
    #expect(target.view(of: focus).detail?.watched?.isTold == true)
    target.take(try Self.decoded(Self.stats(uptime: 3, total: 2, [("b", 1, 1)])))
    target.take(try Self.decoded(Self.stats(uptime: 4, total: 3, [("c", 1, 1)])))
    let gone = try #require(target.view(of: focus).detail)
    #expect(!gone.isRunning && gone.record.requestID == "a" && gone.watched?.isTold == false)
    #expect(target.view(of: RunFocus(lane: 0)).detail?.record.requestID == "c")
  }

  @Test func whatHappensIsWrittenDown() throws {
    let target = try Self.target { 3_000_000_000 }
    func texts() -> [String] {
      target.view(of: nil).events.compactMap { if case .notice(_, let text) = $0 { text } else { nil } }
    }
    func stats(_ uptime: Double, timeouts: Int) throws -> TargetStats {
      try Self.decoded(
        Self.stats(uptime: uptime, total: 20, []).replacing(
          "\"http_response_timeout\":4", with: "\"http_response_timeout\":\(timeouts)"))
    }
    target.take(try stats(1, timeouts: 4))
    #expect(texts() == [])
    target.take(try stats(2, timeouts: 6))
    #expect(texts() == ["2 failed: upstream_timeout"] && texts() == [])
    target.fail("HTTP 500")
    target.fail("HTTP 500")
    target.take(try stats(1, timeouts: 0))
    #expect(
      texts() == [
        "no stats any more: HTTP 500", "the target was started anew: it counts from 0",
        "the target tells its stats again",
      ])
    for count in 1...1000 { target.take(try stats(Double(count), timeouts: count)) }
    #expect(texts().count == 200)
  }

  @Test func rowsAreBounded() throws {
    var streams = WatchedStreams()
    let crowd = (0..<3000).map {
      TargetStats.Stream(requestID: "\($0)", bufferedBytes: 0, bytesOut: -5, ageSeconds: .nan)
    }
    streams.take(crowd, elapsed: 0)
    #expect(streams.lanes.count == WatchedStreams.limit && streams.lanes[0].bytes == 0)
    streams.take(Array(crowd.suffix(500)), elapsed: 1)
    #expect(streams.lanes.count == WatchedStreams.limit && streams.lanes.count { $0.state == .waiting } == 500)
  }

  @Test func aRestartIsSeen() throws {
    let target = try Self.target { 0 }
    target.take(try Self.decoded(Self.stats(uptime: 9, total: 20, [("a", 5, 1)])))
    #expect(!target.view(of: nil).isRestart)
    target.take(try Self.decoded(Self.stats(uptime: 1, total: 1, [("b", 5, 1)])))
    let view = target.view(of: nil)
    #expect(view.isRestart && view.snapshot.lanes.map(\.requestID) == ["b"])
    #expect(view.snapshot.lanes[0].stream == 2)
    #expect(view.snapshot.notices.count == 1 && view.snapshot.notices[0].contains("started anew"))
    #expect(!target.view(of: nil).isRestart)
    target.fail("HTTP 500")
    #expect(target.view(of: nil).status?.contains("HTTP 500") == true)
    target.take(try Self.decoded(Self.stats(uptime: 2, total: 0, [])))
    #expect(target.view(of: nil).isRestart && target.view(of: nil).status == nil)
  }

  @Test func aFunctionsInvocations() throws {
    let stats = try Self.decoded(
      """
      {"front":"function-url","concurrency":8,"memory_limit_bytes":1024,"rss_bytes":30,"active_invocations":2,
       "invocations_total":12,"failures_total":4,"throttled_total":3,"timeouts_total":1,"instances":[]}
      """)
    // Who was turned away is no invocation, but a request that failed.
    #expect(stats.ended == 13 && stats.failed == 7 && stats.active == 2)
    #expect(stats.failuresByKind.map(\.name) == ["function_error", "throttled", "function_timeout"])
    #expect(stats.failuresByKind.map(\.count) == [3, 3, 1])
    let target = try Self.target { 0 }
    target.take(stats)
    let view = target.view(of: nil)
    #expect(view.snapshot.watch?.tellsBytes == false && view.snapshot.watch?.limit == 8)
    #expect(view.snapshot.memory.rssBytes == nil && view.snapshot.memory.unavailableReason == "no environment runs")
    #expect(try WatchSource(url: "u", first: stats).abilities == [])
  }

  @Test func aFunctionsFailuresHaveItsTypes() throws {
    let stats = try Self.decoded(
      """
      {"memory_limit_bytes":1,"instances":[],"invocations_total":9,"failures_total":7,"timeouts_total":2,
       "failures":{"Sandbox.Timedout":2,"My.\\u001b[2JError":4,"Runtime.ExitError":1,"No":0,"Odd":-1}}
      """)
    #expect(stats.failuresByKind.map(\.count) == [4, 2, 1])
    #expect(stats.failuresByKind.dropFirst().map(\.name) == ["Sandbox.Timedout", "Runtime.ExitError"])
    #expect(!stats.failuresByKind[0].name.unicodeScalars.contains("\u{1b}"))
    #expect(stats.failuresByKind[1].advice == Advice.text(cause: .functionTimeout))
  }

  /// Sums from outside do not overflow.
  @Test func numbersOfAnySize() throws {
    let most = Int.max
    let stats = try Self.decoded(
      """
      {"rss_bytes":1,"streams_total":\(most),"active_streams":-5,"incomplete_total":\(most),"bytes_out_total":-1,
       "upstream_errors":{"dns_error":\(most),"dns_timeout":\(most),"x":-9}}
      """)
    #expect(stats.ended == most && stats.failed == most && stats.failuresByKind.map(\.count) == [most])
  }

  /// Asked on its own, and found where no path was given.
  @Test func itAsksAndTriesBoth() throws {
    let lambda = "{\"memory_limit_bytes\":1024,\"instances\":[],\"invocations_total\":7}"
    let server = try OneShotServer(answers: [
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", Self.answer(lambda),
      Self.answer(lambda.replacing("7", with: "8")),
    ])
    let source = try WatchSource("http://127.0.0.1:\(server.port)")
    defer { source.close() }
    #expect(source.title.hasSuffix("/.gzlambda/stats"))
    EngineHarness.eventually("the second answer") { source.view(of: nil).snapshot.counters.streams == 8 }
    EngineHarness.eventually("nobody is there any more") {
      source.view(of: nil).status?.contains("no stats for") == true
    }
    source.perform(.setPaused(true))
    #expect(source.view(of: nil).replies.map(\.isFailure) == [true])
    #expect(source.summary().contains("8, 0 of them failed"))
  }

  @Test func whatTellsNothingIsRefused() throws {
    for (answer, words) in [
      ("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", "name the stats"),
      ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "--telemetry"), (Self.answer("[]"), "no stats document"),
    ] {
      let server = try OneShotServer(answers: [answer, answer])
      let failure = #expect(throws: ToolFailure.self) { try WatchSource("http://127.0.0.1:\(server.port)/x") }
      #expect(failure?.exit == .couldNotRun && failure?.message.contains(words) == true)
    }
    let closed = try ClosedPort()
    let failure = #expect(throws: ToolFailure.self) { try WatchSource(closed.url) }
    #expect(failure?.exit == .couldNotRun && failure?.message.contains("running there?") == true)
    #expect(#expect(throws: ToolFailure.self) { try WatchSource("host:1") }?.exit == .usage)
  }
}
