/// One lane as a record has told it so far: the stream that it carries, or carried last, and its totals. There may be tens of
/// thousands of them, so nothing is in it twice.
struct FoldedLane: Sendable {
  private(set) var state = LaneSnapshot.State.idle
  /// Of a running stream as far as it has come; `endedAt` is then 0, and what it came to says nothing.
  private(set) var record = StreamRecord()
  private var totals: (streams: Int, failed: Int, badGateways: Int, invalid: Int) = (0, 0, 0, 0)
  private var lastVerdict: Verdict?
  private var lastCause: String?
  private var bytesPerSecond: Double = 0
  /// Of the streams before the one it carries.
  private var bytesBefore: Int64 = 0
  private var rate = RateWindow(now: 0)

  /// A stream is under way.
  var isRunning: Bool { state != .idle && state != .ended }
  var isOver: Bool { state == .ended }

  func snapshot(_ number: Int, at now: Int64) -> LaneSnapshot {
    var lane = LaneSnapshot(lane: number)
    (lane.state, lane.stream, lane.target) = (state, record.stream, record.target)
    (lane.requestID, lane.instance, lane.status) = (record.requestID, record.instance, record.status)
    (lane.bytes, lane.expectedBytes, lane.bytesPerSecond) = (record.bytesWire, record.expectedBytes, bytesPerSecond)
    lane.elapsedSeconds = Double(max(0, (isRunning ? now : record.endedAt) &- record.startedAt)) / 1e6
    lane.ttfbSeconds = record.ttfb.map { Double($0) / 1e6 }
    (lane.protocolName, lane.bytesDecoded) = (record.protocolName, record.bytesDecoded)
    lane.longestGapSeconds = record.gapMax.map { Double($0) / 1e6 }
    if isOver { (lane.verdict, lane.transport, lane.result) = (record.verdict, record.transport, record.result) }
    (lane.streams, lane.failed, lane.badGateways, lane.invalid) = totals
    (lane.lastVerdict, lane.lastCause) = (lastVerdict, lastCause)
    return lane
  }

  mutating func start(_ begin: StreamBegin) {
    if isOver { bytesBefore &+= record.bytesWire }
    record = StreamRecord()
    (record.stream, record.lane, record.target) = (begin.stream, begin.lane, begin.target)
    (record.startedAt, record.plannedAt, record.isWarmUp) = (begin.at, begin.plannedAt, begin.isWarmUp)
    record.url = begin.url ?? ""
    state = .waiting
    bytesPerSecond = 0
    rate.begin(now: begin.at.nanosecondsOfMicroseconds, bytes: bytesBefore)
  }

  mutating func take(_ head: StreamHead) {
    state = .headers
    (record.status, record.protocolName) = (head.status, head.protocolName)
    (record.expectedBytes, record.instance, record.requestID) = (head.expectedBytes, head.instance, head.requestID)
    record.ttfh = max(0, head.at &- record.startedAt)
  }

  mutating func takeFirstByte(at time: Int64) {
    state = .streaming
    record.ttfb = max(0, time &- record.startedAt)
  }

  mutating func take(_ entry: StreamProgress.Entry, at time: Int64) {
    record.bytesWire = entry.bytes
    record.gapMax = entry.longestGap
    updateRate(time)
  }

  /// Statistics were reset.
  mutating func forgetTotals() {
    totals = (0, 0, 0, 0)
    lastCause = nil
  }

  /// It is over. The same stream was started before.
  mutating func take(_ ended: StreamRecord) {
    state = .ended
    record = ended
    totals.streams &+= 1
    if ended.status == 502 { totals.badGateways &+= 1 }
    if ended.verdict.isInvalid { totals.invalid &+= 1 }
    if ended.result == .failed {
      totals.failed &+= 1
      lastCause = ended.shortCause
    }
    lastVerdict = ended.verdict
    updateRate(ended.endedAt)
  }

  /// A view of all lanes may be a moment older than the events before it: what is known to be newer stays.
  mutating func take(view: LaneSnapshot, at time: Int64) {
    if record.stream == view.stream, !isRunning, state != .idle { return takeTotals(of: view) }
    guard record.stream < view.stream || (record.stream == view.stream && isRunning) else { return }
    let elapsed = max(0, view.elapsedSeconds.microseconds)
    if record.stream < view.stream {
      record = StreamRecord()
      (record.stream, record.lane, record.target) = (view.stream, view.lane, view.target)
      record.startedAt = time &- elapsed
    }
    state = view.state
    if isOver { record.endedAt = record.startedAt &+ elapsed }
    (record.status, record.bytesWire, record.expectedBytes) = (view.status, view.bytes, view.expectedBytes)
    (record.instance, record.requestID) = (view.instance, view.requestID)
    record.ttfb = view.ttfbSeconds?.microseconds
    record.verdict = view.verdict ?? .unchecked
    record.transport = view.transport ?? .complete
    record.result = view.result ?? .ok
    totals = (view.streams, view.failed, view.badGateways, view.invalid)
    (lastVerdict, lastCause) = (view.lastVerdict, view.lastCause)
  }

  /// Who begins to read in the middle has counted a lane's streams from there on; a view knows them all. The stream that the
  /// view shows has ended here already.
  private mutating func takeTotals(of view: LaneSnapshot) {
    let isAhead = view.state != .idle && view.state != .ended
    totals.streams = view.streams &+ (isAhead ? 1 : 0)
    totals.failed = view.failed &+ (isAhead && record.result == .failed ? 1 : 0)
    totals.badGateways = view.badGateways &+ (isAhead && record.status == 502 ? 1 : 0)
    totals.invalid = view.invalid &+ (isAhead && record.verdict.isInvalid ? 1 : 0)
    lastCause = lastCause ?? view.lastCause
  }

  private mutating func updateRate(_ time: Int64) {
    bytesPerSecond = rate.rate(now: time.nanosecondsOfMicroseconds, bytes: bytesBefore &+ record.bytesWire)
  }
}

extension Int64 {
  /// Of microseconds.
  fileprivate var nanosecondsOfMicroseconds: Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: 1000)
    return overflow ? .max : product
  }
}
