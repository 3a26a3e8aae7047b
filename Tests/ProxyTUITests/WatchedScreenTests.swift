import Synchronization
import Testing

@testable import LoadGen
@testable import ProxyTUI

/// `--watch` from what a target tells to the screen: nothing is said that it does not tell.
@Suite struct WatchedScreenTests {
  /// A gzproxy of three streams, one of which ends after six seconds, and whose upstream fails twice a second.
  private static func proxy(_ second: Int) -> String {
    var streams = [(1, 262_144, 0), (2, 0, 0), (3, 65_536, 65_536)].map { number, rate, held in
      """
      {"request_id":"0190c7de-4a1f-7000-8000-00000000000\(number)","buffered_bytes":\(held),
       "bytes_out":\(rate * second),"age_seconds":\(second).25}
      """
    }
    if second > 6 { streams.removeFirst() }
    return """
      {"instance":"a1b2c3d4","uptime_seconds":\(900 + second),"rss_bytes":27000000,"rss_peak_bytes":28000000,
       "active_streams":\(streams.count),"streams_total":\(3000 + 4 * second),"incomplete_total":\(second),
       "bytes_out_total":\(1_000_000_000 + 327_680 * second),"upstream_errors":{"http_response_incomplete":\(second),
       "http_response_timeout":\(second)},"streams":[\(streams.joined(separator: ","))]}
      """
  }

  private static func function(_ second: Int) -> String {
    """
    {"front":"function-url","concurrency":8,"memory_limit_bytes":536870912,"rss_bytes":27000000,
     "active_invocations":3,"invocations_total":\(40 * second),"failures_total":\(3 * second),
     "throttled_total":\(2 * second),"failures":{"Runtime.ExitError":\(second),"My.Error":\(2 * second)},
     "instances":[{"id":"env-1","pid":4711,"state":"ready","rss_bytes":27000000,"rss_peak_bytes":28000000,
     "active_invocations":3,"max_concurrency":8,"invocations_total":\(40 * second),
     "failures_total":\(3 * second),"restarts":1}]}
    """
  }

  /// What has been watched for twelve seconds, ten views a second, one telling.
  private static func model(
    _ stats: (Int) -> String, rows: Int, columns: Int, focus: RunFocus? = nil, silentFrom: Int = .max
  ) throws -> DashboardModel {
    let clock = Mutex<Int64>(0)
    let url = "http://127.0.0.1:8081/.gzproxy/stats"
    let target = WatchedTarget(url: url, stopped: try #require(WakeDescriptor())) { clock.withLock { $0 } }
    let first = try #require(TargetStats(json: Array(stats(0).utf8)))
    var model = DashboardModel(
      label: RunLabel(target: "watching \(url)", load: "counted by the target since its start; no load of ours"),
      glyphs: .braille, size: ScreenSize(rows: rows, columns: columns),
      abilities: first.streams == nil ? [] : [.streams])
    model.focus = focus
    for tenth in 0...125 {
      clock.withLock { $0 = Int64(tenth) * 100_000_000 }
      if tenth % 10 == 0 {
        if tenth / 10 < silentFrom {
          target.take(try #require(TargetStats(json: Array(stats(tenth / 10).utf8))))
        } else {
          target.fail("Couldn't connect to server")
        }
      }
      _ = update(&model, .tick(target.view(of: focus), now: Double(tenth) / 10))
    }
    return model
  }

  @Test(arguments: [(24, 80), (40, 120)])
  func screens(_ size: (rows: Int, columns: Int)) throws {
    func model(
      _ stats: (Int) -> String = Self.proxy, _ tab: Tab = .streams, stream: Int? = nil, silentFrom: Int = .max
    ) throws -> Frame {
      let focus = stream.map { RunFocus(lane: $0 - 1, stream: $0) }
      var model = try Self.model(
        stats, rows: size.rows, columns: size.columns, focus: focus, silentFrom: silentFrom)
      if tab != .streams { model.open(tab) }
      return Sample.frame(model)
    }
    var screens = [
      ("an opened stream that runs", try model(stream: 3)), ("no byte of it is sent yet", try model(stream: 2)),
      ("it is told of no more", try model(stream: 1)),
      ("the target does not answer", try model(stream: 3, silentFrom: 9)),
      ("streams, the target does not answer", try model(silentFrom: 9)),
    ]
    for tab in Tab.allCases { screens.append(("gzproxy, \(tab.title)", try model(Self.proxy, tab))) }
    for tab in [Tab.streams, .overview, .failures, .environments] {
      screens.append(("gzlambda, \(tab.title)", try model(Self.function, tab)))
    }
    var help = try Self.model(Self.proxy, rows: size.rows, columns: size.columns)
    _ = update(&help, .key(.character("?")))
    screens.append(("its keys and words", Sample.frame(help)))
    try GoldenStreamScreens.check(screens, "watched-\(size.columns)x\(size.rows)")
  }

  /// Whatever it does, no word of an opened stream says what only who carries it could know.
  @Test(arguments: [1, 2, 3], [5, Int.max])
  func nothingIsInvented(_ stream: Int, silentFrom: Int) throws {
    let focus = RunFocus(lane: stream - 1, stream: stream)
    let model = try Self.model(Self.proxy, rows: 40, columns: 120, focus: focus, silentFrom: silentFrom)
    let detail = try #require(model.detail)
    let lines = StreamView.lines(model, detail, rows: 30, columns: 120)
    let text = lines.map { $0.spans.map(\.text).joined(separator: " ") }.joined(separator: "\n")
    for word in ["answer", "verdict", "transport", "complete", "response", "arrivals  ", "connect", "began", "OK"] {
      #expect(!text.contains(word), "\(word)")
    }
    #expect(text.contains("tells of no stream how it ended; its failures are counted together ("))
    let word = StreamView.state(detail).word
    #expect(
      word
        == (stream == 1 && silentFrom == .max
          ? "GONE" : silentFrom == 5 ? "NO STATS" : stream == 2 ? "NO BYTE SENT YET" : "SENDING"))
  }

  /// The rate between two tellings, and not what a tenth of a second without one would make of it.
  @Test func theGraphIsOfTellings() throws {
    let model = try Self.model(Self.proxy, rows: 24, columns: 80)
    for back in 0..<20 { #expect(abs(model.history.wireRate(back: back) - 327_680) < 1) }
    #expect(abs(model.readout.wire - 327_680) < 1)
    #expect(model.failures.kinds.allSatisfy { $0.meaning != nil })
    // A burst in the last second is that second's.
    let burst = try Self.model({ Self.proxy($0 == 12 ? 22 : $0) }, rows: 24, columns: 80)
    #expect(abs(burst.readout.wire - 11 * 327_680) < 1 && abs(burst.history.wireRate(back: 3) - 327_680) < 1)
    // What was before it was started anew stays in the graph, and counts no more.
    var anew = model
    var view = RunView(snapshot: model.snapshot)
    view.snapshot.counters = Counters()
    view.snapshot.elapsedSeconds += 1
    view.isRestart = true
    _ = update(&anew, .tick(view, now: model.now + 1))
    #expect(anew.shown.counters.streams == 0 && abs(anew.history.wireRate(back: 8) - 327_680) < 1)
    let silent = try Self.model(Self.proxy, rows: 24, columns: 80, silentFrom: 4)
    #expect(silent.readout.wire == model.readout.wire && silent.history.point(back: 7) == nil)
  }

  /// What was counted before anybody looked has neither a beginning nor a rate.
  @Test func whatWasBeforeIsEarlier() throws {
    let model = try Self.model({ _ in Self.proxy(9) }, rows: 24, columns: 80)
    #expect(model.failures.kinds.count == 2)
    #expect(model.failures.kinds.allSatisfy { $0.first == nil && $0.last == nil && $0.rate == 0 })
  }

  /// Which streams failed, or were there before, nobody tells: the keys say so.
  @Test(arguments: ["t", "f"] as [Unicode.Scalar])
  func keysWithoutMeaningSayWhy(_ key: Unicode.Scalar) throws {
    var model = try Self.model(Self.proxy, rows: 24, columns: 80)
    _ = update(&model, .key(.character(key)))
    #expect(!model.streams.showsSingles && !model.streams.failedOnly)
    #expect(model.notice?.text.contains("of no stream how it ended") == true)
    #expect(!FooterView.keys(model).contains { $0.key == String(key) })
  }
}
