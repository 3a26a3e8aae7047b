import TestSupport
import Testing
import ToolSupport

@testable import LoadGen

/// `--attach`: somebody else's run over a real socket, and what is no run.
@Suite struct AttachSourceTests {
  private static func hand(_ event: RecordEvent, to writer: EventFeedWriter) {
    let line = LineBuffer()
    RecordEncoder(targets: SampleEvents.targets).encode(event, into: line)
    writer.take(event, line: line.bytes)
  }

  private static func begin(_ writer: EventFeedWriter) {
    var header = SampleEvents.headerLine()
    header.withUTF8 { writer.begin(UnsafeRawBufferPointer($0)) }
  }

  /// Views until one is as wanted; the events of all of them.
  private static func views(
    _ source: AttachSource, _ what: String, until isSo: @escaping (RunView) -> Bool
  ) -> (last: RunView, events: [RecordEvent]) {
    var last = source.view(of: nil)
    var events = last.events
    EngineHarness.eventually(what) {
      if isSo(last) { return true }
      last = source.view(of: RunFocus(lane: 3))
      events += last.events
      return isSo(last)
    }
    return (last, events)
  }

  @Test func aRunIsFollowedToItsEnd() throws {
    let server = try LiveServer(LiveAddress(host: "127.0.0.1", port: 0)) { Snapshot() }
    let writer = EventFeedWriter(feed: server.pages.feed) { Snapshot() }
    Self.begin(writer)
    let source = try AttachSource("http://127.0.0.1:\(server.port)/")
    defer { source.close() }
    #expect(source.abilities == [.streams] && source.facts.contains("validate compare"))
    var record = SampleEvents.record("x")
    (record.isWarmUp, record.result, record.bytesWire) = (false, .failed, 70)
    Self.hand(.begin(StreamBegin(at: 20_000, stream: 7, lane: 3, target: 1)), to: writer)
    Self.hand(.progress(StreamProgress(at: 25_000, entries: [.init(lane: 3, bytes: 30, longestGap: 5)])), to: writer)
    writer.settle(now: 1)
    let running = Self.views(source, "a running stream") { $0.snapshot.active == 1 && $0.detail?.arrivals != nil }
    #expect(running.last.status == nil && running.last.targets == SampleEvents.targets)
    #expect(running.last.detail?.isRunning == true && running.last.detail?.arrivals?.bytes.reduce(0, +) == 30)
    Self.hand(.end(record), to: writer)
    var final = RecordSample(at: 90_000)
    (final.counters.streams, final.counters.failed) = (41, 3)
    Self.hand(.final(RecordFinal(sample: final, interrupted: false, thresholds: [], notes: [])), to: writer)
    writer.finish()
    server.stop()
    let over = Self.views(source, "the end") { $0.status == "the run is over" }
    #expect(!running.last.isLost && !over.last.isLost)
    #expect(over.last.snapshot.phase == .finished && over.last.snapshot.counters.streams == 41)
    #expect(over.events.contains(.end(record)) && over.last.latency?.shapes[.ttlb] == nil)
    #expect(source.view(of: RunFocus(lane: 3)).detail?.record == record)
    #expect(source.summary().contains("41: 0 ok, 3 failed"))
  }

  /// Nobody's clock runs before the first word of what time it is there.
  @Test func timeBeginsWithTheFirstEvent() throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    let line = SampleEvents.headerLine()
    let server = try OneShotServer(answers: [head + "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n"])
    let source = try AttachSource("127.0.0.1:\(server.port)")
    defer { source.close() }
    var times: Set<Double> = []
    _ = Self.views(source, "a header, and its end") {
      times.insert($0.snapshot.elapsedSeconds)
      return !$0.targets.isEmpty && $0.isLost
    }
    #expect(times == [0])
  }

  /// A connection that breaks is made again, and says so meanwhile.
  @Test func aBrokenConnectionIsTriedAgain() throws {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
    var second = RecordSample(at: 2_000_000)
    second.counters.streams = 9
    let server = try OneShotServer(answers: [
      head + chunk(SampleEvents.headerLine() + SampleEvents.line(.sample(RecordSample(at: 1_000_000)))),
      head + chunk(SampleEvents.headerLine() + SampleEvents.line(.sample(second))),
    ])
    let source = try AttachSource("127.0.0.1:\(server.port)")
    defer { source.close() }
    var sawRestart = false
    let (last, _) = Self.views(source, "the second connection") {
      sawRestart = sawRestart || $0.isRestart
      return $0.snapshot.counters.streams == 9 && $0.status?.contains("trying again") == true
    }
    #expect(sawRestart && last.latency?.isWhole == false)
    #expect(last.isLost && source.summary().contains("the connection was lost"))
    // Its clock stands: what comes now is not known.
    let stood = source.view(of: nil).snapshot.elapsedSeconds
    #expect(stood >= 2 && source.view(of: nil).snapshot.elapsedSeconds == stood)
    #expect(last.status?.hasPrefix("no connection to 127.0.0.1:\(server.port) (") == true)
  }

  /// One line, before a screen is taken.
  @Test func whatIsNoRunIsRefused() throws {
    let huge =
      "HTTP/1.1 200 OK\r\n" + String(repeating: "X-Filler: \(String(repeating: "a", count: 1000))\r\n", count: 2000)
    for (answer, words) in [
      ("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhello\n", "no record"),
      ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "without a last word"), ("\u{1}\u{2}garbage", ""), (huge, ""),
    ] {
      let server = try OneShotServer(answers: [answer])
      let failure = #expect(throws: ToolFailure.self) { try AttachSource("127.0.0.1:\(server.port)") }
      #expect(failure?.exit == .couldNotRun)
      #expect(failure?.message.contains(words) == true && failure?.message.contains("--metrics-listen?") == true)
      #expect(failure?.message.contains("\n") == false)
    }
    let closed = try ClosedPort()
    let failure = #expect(throws: ToolFailure.self) { try AttachSource("\(closed.port)") }
    #expect(failure?.exit == .couldNotRun)
  }

  @Test(
    arguments: [
      ("127.0.0.1:9464", "127.0.0.1:9464"), ("9464", "127.0.0.1:9464"), (":9464", "127.0.0.1:9464"),
      ("HTTP://host:1/", "host:1"), ("http://[::1]:80/events", "[::1]:80"),
    ]) func addresses(_ text: String, _ authority: String) throws
  {
    #expect(try AttachAddress(parsing: text).authority == authority)
  }

  @Test(arguments: ["", "host", "host:", "https://h:1", "h:70000", "h:1/other", "u@h:1", "::1:80", "h :1", "123456"])
  func noAddress(_ text: String) {
    let failure = #expect(throws: ToolFailure.self) { try AttachAddress(parsing: text) }
    #expect(failure?.exit == .usage && failure?.message.hasPrefix("--attach ") == true)
  }
}
