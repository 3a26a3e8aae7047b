@testable import LoadGen

/// Events of every kind, with texts as a hostile server or person would have them.
enum SampleEvents {
  static let targets = ["http://127.0.0.1/a", "http://127.0.0.1/b?x=\"y\""]

  static let hostile = [
    "", "plain", "quote \" and \\ backslash", "tab\tline\r\nend", "\u{0}\u{1}\u{1F}\u{7F}", "\u{2028}and\u{2029}",
    "Grüße 漢字 🧪", String(decoding: [0x66, 0xFF, 0xFE, 0xC3], as: UTF8.self), "a,b;c", "</script>", "\u{FEFF}x",
  ]

  static func record(_ text: String) -> StreamRecord {
    var record = StreamRecord()
    record.stream = 7
    record.lane = 3
    record.target = 1
    record.url = text
    record.plannedAt = 5
    record.startedAt = 20_000
    record.endedAt = 30_000
    record.isWarmUp = true
    (record.dns, record.connect, record.tls) = (1, 2, 3)
    (record.ttfh, record.ttfb, record.ttlb, record.gapMax) = (4, 5, 6, 0)
    (record.bytesWire, record.bytesDecoded, record.expectedBytes) = (.max, 9, 0)
    record.members = 2
    record.status = 502
    record.protocolName = "h2"
    record.transport = .reset
    record.verdict = .inBandError
    record.treatment = .compared
    record.result = .failed
    record.reason = text
    record.cause = .functionError
    record.missed = [text, "status"]
    record.repeats = 1
    record.instance = text
    record.requestID = text
    record.instanceRSS = 1 << 40
    return record
  }

  /// Nothing happened in it: what is left out must come back.
  static var barest: StreamRecord {
    var record = StreamRecord()
    record.url = targets[0]
    return record
  }

  static func sample(_ text: String) -> RecordSample {
    var counters = Counters()
    (counters.streams, counters.ok, counters.failed, counters.cutByDeadline) = (6, 3, 2, 1)
    (counters.warmUpStreams, counters.late, counters.dropped, counters.repeatedRequests) = (1, 2, 3, 4)
    (counters.bytesWire, counters.bytesDecoded) = (1 << 50, 1 << 60)
    counters.status = [0: 1, 200: 5]
    counters.protocols = ["http/1.1": 5]
    counters.transport[.complete] = 5
    counters.verdicts[.valid] = 5
    counters.treatments[.full] = 5
    var causes = EnumCounts<FailureCause>()
    causes[.throttled] = 2
    counters.causes = [429: causes]
    counters.missedExpectations = [text: 2]
    var sample = RecordSample(at: 1_000_000, phase: .draining, counters: counters)
    (sample.concurrency, sample.active) = (8, 5)
    sample.memory.source = text
    (sample.memory.rssBytes, sample.memory.rssPeakBytes, sample.memory.sampleCount) = (10, 20, 3)
    sample.memory.ageSeconds = 0.25
    var instance = TargetMemory.Instance()
    (instance.streams, instance.rssBytes, instance.rssPeakBytes) = (4, 5, 6)
    (instance.failed, instance.ageSeconds) = (3, 1.5)
    var environment = FunctionEnvironment(state: .ended)
    (environment.pid, environment.memoryLimitBytes) = (7, 8)
    (environment.activeInvocations, environment.maximumInvocations) = (1, 2)
    (environment.invocations, environment.failures, environment.restarts) = (9, 10, 11)
    var barest = TargetMemory.Instance()
    barest.environment = FunctionEnvironment(state: .starting)
    sample.memory.instances = [text: instance, text + "e": barest]
    instance.environment = environment
    sample.memory.instances["env"] = instance
    (sample.client.cpuSeconds, sample.client.busyFraction, sample.client.busyNow) = (1.5, 0.25, 1e-7)
    (sample.client.rssPeakBytes, sample.client.threads) = (1 << 20, 2)
    return sample
  }

  static func lane(_ text: String) -> LaneSnapshot {
    var lane = LaneSnapshot(lane: 4)
    (lane.state, lane.stream, lane.target) = (.streaming, 9, 1)
    (lane.requestID, lane.instance, lane.lastCause) = (text, text, text)
    (lane.status, lane.bytes, lane.expectedBytes) = (200, 5, 10)
    (lane.elapsedSeconds, lane.ttfbSeconds) = (1.5, 0.25)
    (lane.verdict, lane.transport, lane.lastVerdict) = (.valid, .complete, .truncated)
    (lane.streams, lane.failed, lane.badGateways, lane.invalid) = (1, 2, 3, 4)
    return lane
  }

  /// One of each kind at least.
  static func all(_ text: String) -> [RecordEvent] {
    var begin = StreamBegin(at: 1, stream: 2, lane: 3, target: 1)
    (begin.url, begin.plannedAt, begin.isWarmUp) = (text, -5, true)
    var head = StreamHead(at: 1, stream: 2, lane: 3, status: 200, protocolName: "h2")
    (head.expectedBytes, head.instance, head.requestID) = (5, text, text)
    let evidence = Evidence(
      stream: 3, lane: 4, url: text, outcome: text, cause: .unknown, status: 500,
      headers: [.init(name: "X", value: text)],
      bodyHead: [0, 255], bodyTail: [16], advice: text)
    let condition = RecordFinal.Condition(expression: text, value: 0.125, passed: true)
    let unmeasured = RecordFinal.Condition(expression: "x", value: nil, passed: false)
    return [
      .begin(begin), .begin(StreamBegin(at: 1, stream: 2, lane: 0, target: 0)), .head(head),
      .head(StreamHead(at: 1, stream: 2, lane: 3, status: 0, protocolName: "")), .firstByte(at: 1, stream: 2, lane: 3),
      .progress(StreamProgress(at: 9, entries: [.init(lane: 1, bytes: 2, longestGap: 3)])),
      .progress(StreamProgress(at: 9)), .end(record(text)), .end(barest), .evidence(at: 4, evidence),
      .sample(sample(text)), .sample(RecordSample(at: 0)), .lanes(at: 5, [lane(text), LaneSnapshot(lane: 0)]),
      .notice(at: 6, text), .reset(at: 6), .gap(RecordGap(at: 7, ends: 1, events: 2)),
      .gap(RecordGap(at: 7, ends: nil, events: 2)), .limit(at: 8, bytes: 1 << 30),
      .final(
        RecordFinal(sample: sample(text), interrupted: true, thresholds: [condition, unmeasured], notes: [text, "b"])),
    ]
  }

  static func line(_ event: RecordEvent) -> String {
    let out = LineBuffer()
    RecordEncoder(targets: targets).encode(event, into: out)
    return out.text
  }

  static func headerLine(_ header: RecordHeader = header) -> String {
    let out = LineBuffer()
    RecordEncoder(targets: []).header(header, into: out)
    return out.text
  }

  static let header = RecordHeader(tool: "gzload 0", startedAt: "2026-11-21T19:43:22.500Z", targets: targets)

  /// Everything a parser makes of a text, given to it in pieces of `size` bytes.
  static func parsed(_ text: String, size: Int = .max) throws -> (events: [RecordEvent], parser: RecordParser) {
    var parser = RecordParser()
    var events: [RecordEvent] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let piece = Array(rest.prefix(size))
      rest = rest.dropFirst(piece.count)
      var refusal: RecordParser.Refusal?
      piece.withUnsafeBytes { bytes in
        do throws(RecordParser.Refusal) {
          try parser.receive(bytes) { event in
            events.append(event)
            return true
          }
        } catch {
          refusal = error
        }
      }
      if let refusal { throw refusal }
    }
    return (events, parser)
  }
}
