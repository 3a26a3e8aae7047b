import LoadGen

@testable import ProxyTUI

/// Runs made by hand, the same every time.
enum Sample {
  static let label = RunLabel(target: "http://127.0.0.1:8080/gzip/8MiB", load: "until quit")

  static func lane(_ number: Int, failing: Bool = false) -> LaneSnapshot {
    var lane = LaneSnapshot(lane: number)
    lane.state = [.streaming, .waiting, .streaming, .headers, .streaming, .ended, .streaming, .idle][number % 8]
    lane.stream = number + 1
    lane.status = lane.state == .waiting || lane.state == .idle ? 0 : 200
    lane.expectedBytes = number % 4 == 2 ? nil : 8 << 20
    lane.bytes = lane.state == .ended ? 8 << 20 : Int64(number % 10) * 800_000
    lane.bytesPerSecond = 1_234_567 * Double(number % 5)
    lane.elapsedSeconds = Double(number % 13) * 0.7
    lane.ttfbSeconds = lane.status == 0 ? nil : 0.0042 * Double(number + 1)
    lane.requestID = "5f0c2a9e-0000-4000-8000-\(100_000_000_000 + number)"
    lane.instance = number % 2 == 0 ? nil : "i-1"
    lane.protocolName = lane.status == 0 ? "" : "http/1.1"
    lane.bytesDecoded = lane.bytes * 4
    lane.longestGapSeconds = lane.state == .streaming ? 0.0123 * Double(number % 7) : nil
    lane.streams = number * 3
    if lane.state == .ended {
      lane.verdict = .valid
      lane.transport = .complete
      lane.result = .ok
    }
    guard failing, number % 3 == 2 else { return lane }
    lane.failed = 2
    lane.badGateways = 1
    lane.invalid = 1
    lane.lastCause = number % 2 == 0 ? "truncated" : "502 length_and_chunked"
    if lane.state == .ended {
      lane.verdict = .truncated
      lane.result = .failed
      lane.bytes = 5 << 20
    }
    return lane
  }

  static func snapshot(
    lanes: Int, seconds: Double = 12.5, failing: Bool = false, telemetry: Bool = true, phase: Snapshot.Phase = .running
  ) -> Snapshot {
    var snapshot = Snapshot()
    snapshot.phase = phase
    snapshot.elapsedSeconds = seconds
    snapshot.concurrency = lanes
    snapshot.active = phase == .finished ? 0 : lanes
    snapshot.lanes = (0..<lanes).map { lane($0, failing: failing) }
    snapshot.counters.streams = Int(seconds * 98.7)
    snapshot.counters.failed = failing ? 17 : 0
    snapshot.counters.ok = max(0, snapshot.counters.streams - snapshot.counters.failed)
    // A wave, so that the graph has something to show.
    let wave = seconds * 60e6 + 20e6 * wave(seconds)
    snapshot.counters.bytesWire = Int64(wave)
    snapshot.counters.bytesDecoded = Int64(wave * 4)
    if failing { addFailures(to: &snapshot.counters) }
    snapshot.client.busyFraction = 0.34
    snapshot.client.busyNow = 0.34
    guard telemetry else { return snapshot }
    snapshot.memory.source = "gzproxy (child, pid 4711)"
    snapshot.memory.rssBytes = 12_345_678
    snapshot.memory.rssPeakBytes = 23_456_789
    snapshot.memory.bufferedByRequest["5f0c2a9e-0000-4000-8000-100000000000"] = 65_536
    var instance = TargetMemory.Instance()
    instance.rssBytes = 12_345_678
    snapshot.memory.instances["i-1"] = instance
    return snapshot
  }

  /// Environments of a Lambda function: one that serves many invocations, or so many that serve one each.
  static func environments(_ count: Int) -> [String: TargetMemory.Instance] {
    var instances: [String: TargetMemory.Instance] = [:]
    for number in 1...count {
      var instance = TargetMemory.Instance()
      instance.rssBytes = Int64(20_000_000 + number * 7_919_000 % 9_000_000)
      instance.rssPeakBytes = instance.rssBytes + 2_000_000
      var environment = FunctionEnvironment(state: number % 16 == 3 ? .starting : number % 16 == 5 ? .ended : .ready)
      environment.memoryLimitBytes = count == 1 ? 2 << 30 : 32 << 20
      environment.maximumInvocations = count == 1 ? 64 : 1
      environment.activeInvocations = count == 1 ? 8 : environment.state == .ready ? 1 : 0
      environment.restarts = number % 16 == 2 ? 3 : 0
      instance.environment = environment
      instances["env-\(number)"] = instance
    }
    return instances
  }

  private static func addFailures(to counters: inout Counters) {
    counters.status[502] = 9
    var causes = EnumCounts<FailureCause>()
    causes[.lengthAndChunked] = 9
    counters.causes[502] = causes
    counters.verdicts[.truncated] = 6
    counters.transport[.reset] = 2
  }

  /// A triangle between 0 and 1, eight seconds long.
  private static func wave(_ seconds: Double) -> Double {
    let phase = seconds.truncatingRemainder(dividingBy: 8) / 8
    return phase < 0.5 ? phase * 2 : 2 - phase * 2
  }

  /// A model that has seen a run up to its present snapshot, at 10 Hz.
  static func model(
    rows: Int, columns: Int, glyphs: GlyphSet = .braille, lanes: Int, seconds: Double = 12.5, failing: Bool = false,
    telemetry: Bool = true, phase: Snapshot.Phase = .running, environments: Int = 0
  ) -> DashboardModel {
    var model = DashboardModel(label: label, glyphs: glyphs, size: ScreenSize(rows: rows, columns: columns))
    for step in stride(from: 10, through: Int(seconds * 10), by: 1) {
      let last = step == Int(seconds * 10)
      var now = snapshot(
        lanes: last ? lanes : 0, seconds: Double(step) / 10, failing: failing, telemetry: telemetry,
        phase: last ? phase : .running)
      if environments > 0 { now.memory.instances = Self.environments(environments) }
      var view = RunView(snapshot: now)
      view.targets = targets
      view.validation = .compare
      if last { view.events = events(lanes: lanes, failing: failing) }
      _ = update(&model, .tick(view, now: Double(step) / 10))
    }
    return model
  }

  /// A stream that has ended.
  static func record(_ stream: Int, lane: Int = 0, failing: Bool = false, at seconds: Double = 12) -> StreamRecord {
    var record = StreamRecord()
    record.stream = stream
    record.lane = lane
    record.url = "http://127.0.0.1:8080/gzip/8MiB"
    record.endedAt = Int64(seconds * 1e6)
    record.startedAt = record.endedAt - Int64(stream % 17 + 1) * 80_000
    record.ttfh = Int64(stream % 11) * 900
    record.ttfb = Int64(stream % 11) * 1000 + 100
    record.ttlb = record.endedAt - record.startedAt
    record.gapMax = Int64(stream % 5) * 7000
    record.bytesWire = failing ? 5 << 20 : 8 << 20
    record.bytesDecoded = record.bytesWire * 4
    record.expectedBytes = 8 << 20
    record.status = 200
    record.protocolName = "http/1.1"
    record.verdict = failing ? .truncated : .valid
    record.transport = failing ? .cut : .complete
    record.treatment = .compared
    record.instance = "i-1"
    record.requestID = "5f0c2a9e-0000-4000-8000-\(200_000_000_000 + stream)"
    guard failing else { return record }
    record.result = .failed
    record.reason = "cut"
    return record
  }

  static let evidence = Evidence(
    stream: 3, url: "http://127.0.0.1:8080/gzip/8MiB", outcome: "status 502", cause: .lengthAndChunked, status: 502,
    headers: [
      ResponseHead.Field(name: "content-type", value: "application/problem+json"),
      ResponseHead.Field(
        name: "proxy-status", value: "gzproxy; error=http_protocol_error; details=\"length_and_chunked\""),
    ], bodyHead: Array(#"{"type":"about:blank","title":"Bad Gateway","status":502}"#.utf8), bodyTail: Array(0..<16),
    advice:
      "the upstream sent both Content-Length and Transfer-Encoding: a proxy that copies the origin's Content-Length beside its own chunked framing; drop the length there"
  )

  /// What happened to single streams in a run of so many lanes.
  static func events(lanes: Int, failing: Bool) -> [RecordEvent] {
    var events: [RecordEvent] = (0..<lanes).map { lane in
      .end(record(lane + 1, lane: lane, failing: failing && lane % 3 == 2, at: 11 + Double(lane % 100) / 100))
    }
    if failing { events.append(.evidence(at: 9_000_000, evidence)) }
    return events
  }

  static let targets = ["http://127.0.0.1:8080/gzip/8MiB"]

  /// The next tick of a run.
  static func tick(_ snapshot: Snapshot, now: Double) -> Message {
    var view = RunView(snapshot: snapshot)
    view.targets = targets
    view.validation = .compare
    return .tick(view, now: now)
  }

  static func frame(_ model: DashboardModel) -> Frame {
    var frame = Frame(size: ScreenSize(rows: 1, columns: 1), unicode: model.glyphs.unicode)
    DashboardView.draw(model, into: &frame)
    return frame
  }
}
