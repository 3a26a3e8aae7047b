internal import ToolSupport

/// A run as its record has told it so far: what a live `Snapshot` shows, folded from events.
///
/// Counters are exact as long as every event since the beginning was seen. After a gap, a limit, or a beginning in the middle
/// they are those of the last sample (`isExact`); the final event makes them exact again.
public struct RecordState: Sendable {
  /// Lanes beyond this are not kept: a file must not decide how much memory is taken.
  public static let laneLimit = 1 << 20
  public static let arrivalLimit = 64
  public static let evidenceLimit = 64

  /// How far a stream had come at a time: the strip of its chunks.
  public struct Arrival: Sendable, Equatable {
    public var at: Int64
    public var bytes: Int64
  }

  /// What is known of a lane beyond its snapshot.
  public struct LaneDetail: Sendable, Equatable {
    /// Of the running stream, at most the last `arrivalLimit`.
    public var arrivals: [Arrival] = []
    /// Longest silence of the running stream so far, microseconds.
    public var longestGap: Int64 = 0
    /// The last stream that ended.
    public var last: StreamRecord?
    var startedAt: Int64 = 0
    var bytesBefore: Int64 = 0
    var rate = RateWindow(now: 0)

    public static func == (left: LaneDetail, right: LaneDetail) -> Bool {
      left.arrivals == right.arrivals && left.longestGap == right.longestGap && left.last == right.last
    }
  }

  /// Microseconds since the run's start: of the latest event.
  public private(set) var time: Int64 = 0
  public private(set) var counters = Counters()
  /// Whether the counters count every stream up to now, and not up to the last sample.
  public private(set) var isExact: Bool
  public private(set) var evidence: [Evidence] = []
  public private(set) var notices: [String] = []
  /// Of streams that a gap left out.
  public private(set) var missingEvents = 0
  /// The last word, once it was said.
  public private(set) var final: RecordFinal?
  private var sample = RecordSample(at: 0)
  /// Bytes of the streams that have ended.
  private var ended: (wire: Int64, decoded: Int64) = (0, 0)
  private var lanes: [LaneSnapshot] = []
  private var details: [LaneDetail] = []

  /// - Parameter isWhole: the events from the run's beginning will follow.
  public init(isWhole: Bool = true) { isExact = isWhole }

  public mutating func apply(_ event: RecordEvent) {
    time = max(time, event.time)
    switch event {
    case .begin(let begin): apply(begin)
    case .head(let head): apply(head)
    case .firstByte(let at, let stream, let lane):
      guard isCurrent(stream, lane) else { return }
      lanes[lane].state = .streaming
      lanes[lane].ttfbSeconds = Double(max(0, at &- details[lane].startedAt)) / 1e6
    case .progress(let progress): for entry in progress.entries { apply(entry, at: progress.at) }
    case .end(let record): apply(record)
    case .evidence(_, let piece): if evidence.count < Self.evidenceLimit { evidence.append(piece) }
    case .sample(let new): apply(new)
    case .lanes(let at, let all): for lane in all { apply(lane, at: at) }
    case .notice(_, let text): if !notices.contains(text), notices.count < 64 { notices.append(text) }
    case .gap(let gap):
      isExact = false
      missingEvents &+= gap.events
    case .limit: isExact = false
    case .final(let last):
      apply(last.sample)
      final = last
      counters = last.sample.counters
      isExact = true
    }
  }

  /// As a live run would show it at `time`, or at the latest event.
  public func snapshot(at now: Int64? = nil) -> Snapshot {
    let now = max(time, now ?? time)
    var snapshot = Snapshot()
    snapshot.phase = final == nil ? sample.phase : .finished
    snapshot.elapsedSeconds = Double(now) / 1e6
    snapshot.concurrency = sample.concurrency
    snapshot.counters = counters
    snapshot.memory = sample.memory
    snapshot.client = sample.client
    snapshot.notices = notices
    snapshot.lanes = lanes.indices.map { lane in
      var view = lanes[lane]
      guard view.isRunning else { return view }
      view.elapsedSeconds = Double(max(0, now &- details[lane].startedAt)) / 1e6
      return view
    }
    snapshot.active = snapshot.lanes.count { $0.isRunning }
    return snapshot
  }

  /// Nil for a lane that nothing was heard of.
  public func detail(lane: Int) -> LaneDetail? { details.indices.contains(lane) ? details[lane] : nil }

  private mutating func apply(_ begin: StreamBegin) {
    guard makeRoom(begin.lane) else { return }
    start(begin.stream, lane: begin.lane, target: begin.target, at: begin.at)
  }

  private mutating func apply(_ head: StreamHead) {
    guard isCurrent(head.stream, head.lane) else { return }
    lanes[head.lane].state = .headers
    lanes[head.lane].status = head.status
    lanes[head.lane].expectedBytes = head.expectedBytes
    lanes[head.lane].instance = head.instance
    lanes[head.lane].requestID = head.requestID
  }

  private mutating func apply(_ entry: StreamProgress.Entry, at: Int64) {
    let lane = entry.lane
    guard lanes.indices.contains(lane), lanes[lane].isRunning else { return }
    lanes[lane].bytes = entry.bytes
    details[lane].longestGap = entry.longestGap
    if details[lane].arrivals.count >= Self.arrivalLimit { details[lane].arrivals.removeFirst() }
    details[lane].arrivals.append(Arrival(at: at, bytes: entry.bytes))
    updateRate(lane, at)
  }

  private mutating func apply(_ record: StreamRecord) {
    if isExact { count(record) }
    guard makeRoom(record.lane) else { return }
    let lane = record.lane
    if lanes[lane].stream != record.stream {
      start(record.stream, lane: lane, target: record.target, at: record.startedAt)
    }
    lanes[lane].state = .ended
    lanes[lane].status = record.status
    lanes[lane].bytes = record.bytesWire
    lanes[lane].expectedBytes = record.expectedBytes
    lanes[lane].instance = record.instance
    lanes[lane].requestID = record.requestID
    lanes[lane].ttfbSeconds = record.ttfb.map { Double($0) / 1e6 }
    lanes[lane].elapsedSeconds = Double(max(0, record.endedAt &- record.startedAt)) / 1e6
    lanes[lane].verdict = record.verdict
    lanes[lane].lastVerdict = record.verdict
    lanes[lane].transport = record.transport
    lanes[lane].streams &+= 1
    if record.status == 502 { lanes[lane].badGateways &+= 1 }
    if record.verdict.isInvalid { lanes[lane].invalid &+= 1 }
    if record.result == .failed {
      lanes[lane].failed &+= 1
      lanes[lane].lastCause = record.shortCause
    }
    details[lane].longestGap = record.gapMax ?? 0
    details[lane].last = record
    updateRate(lane, record.endedAt)
    details[lane].bytesBefore &+= record.bytesWire
  }

  private mutating func apply(_ new: RecordSample) {
    sample = new
    if isExact { takeRunningBytes() } else { counters = new.counters }
  }

  /// A view of all lanes may be a moment older than the events before it: what is known to be newer stays.
  private mutating func apply(_ lane: LaneSnapshot, at: Int64) {
    guard makeRoom(lane.lane) else { return }
    let known = lanes[lane.lane]
    if known.stream == lane.stream, !known.isRunning { return takeTotals(of: lane) }
    guard known.stream < lane.stream || (known.stream == lane.stream && known.isRunning) else { return }
    if known.stream < lane.stream {
      details[lane.lane].arrivals = []
      details[lane.lane].startedAt = at &- lane.elapsedSeconds.microseconds
    }
    lanes[lane.lane] = lane
    lanes[lane.lane].bytesPerSecond = known.bytesPerSecond
  }

  /// Who begins to read in the middle has counted a lane's streams from there on; a view knows them all. The stream that the
  /// view shows has ended here already.
  private mutating func takeTotals(of view: LaneSnapshot) {
    let last = view.isRunning ? details[view.lane].last : nil
    let known = lanes[view.lane]
    lanes[view.lane].streams = view.streams &+ (last == nil ? 0 : 1)
    lanes[view.lane].failed = view.failed &+ (last?.result == .failed ? 1 : 0)
    lanes[view.lane].badGateways = view.badGateways &+ (last?.status == 502 ? 1 : 0)
    lanes[view.lane].invalid = view.invalid &+ (last?.verdict.isInvalid == true ? 1 : 0)
    lanes[view.lane].lastCause = known.lastCause ?? view.lastCause
  }

  private mutating func start(_ stream: Int, lane: Int, target: Int, at: Int64) {
    let old = lanes[lane]
    // Announced anew after a loss.
    guard old.stream != stream || !old.isRunning else { return }
    var next = LaneSnapshot(lane: lane)
    next.state = .waiting
    next.stream = stream
    next.target = target
    next.streams = old.streams
    next.failed = old.failed
    next.badGateways = old.badGateways
    next.invalid = old.invalid
    next.lastVerdict = old.lastVerdict
    next.lastCause = old.lastCause
    lanes[lane] = next
    details[lane].startedAt = at
    details[lane].longestGap = 0
    details[lane].arrivals.removeAll(keepingCapacity: true)
    details[lane].rate.begin(now: at.nanoseconds, bytes: details[lane].bytesBefore)
  }

  private mutating func updateRate(_ lane: Int, _ at: Int64) {
    let bytes = details[lane].bytesBefore &+ lanes[lane].bytes
    lanes[lane].bytesPerSecond = details[lane].rate.rate(now: at.nanoseconds, bytes: bytes)
  }

  private func isCurrent(_ stream: Int, _ lane: Int) -> Bool {
    lanes.indices.contains(lane) && lanes[lane].stream == stream && lanes[lane].isRunning
  }

  private mutating func makeRoom(_ lane: Int) -> Bool {
    guard (0..<Self.laneLimit).contains(lane) else { return false }
    while lanes.count <= lane {
      lanes.append(LaneSnapshot(lane: lanes.count))
      details.append(LaneDetail())
    }
    return true
  }

  /// As the engine counts.
  private mutating func count(_ record: StreamRecord) {
    guard !record.isWarmUp else { return counters.warmUpStreams &+= 1 }
    (counters.bytesWire, counters.bytesDecoded) = (ended.wire, ended.decoded)
    counters.add(record)
    ended = (counters.bytesWire, counters.bytesDecoded)
    takeRunningBytes()
  }

  /// Streams tell their bytes when they end, samples those of running ones too. Both only grow, and neither is ever beyond the
  /// truth of its moment: the larger one is nearer to it.
  private mutating func takeRunningBytes() {
    counters.bytesWire = max(ended.wire, sample.counters.bytesWire)
    counters.bytesDecoded = max(ended.decoded, sample.counters.bytesDecoded)
  }
}

extension Counters {
  /// One more ended stream.
  mutating func add(_ record: StreamRecord) {
    streams &+= 1
    switch record.result {
    case .ok: ok &+= 1
    case .failed: failed &+= 1
    case .cutByDeadline: cutByDeadline &+= 1
    }
    bytesWire &+= record.bytesWire
    bytesDecoded &+= record.bytesDecoded
    status[record.status, default: 0] &+= 1
    if record.status != 0 { protocols[record.protocolName, default: 0] &+= 1 }
    transport[record.transport] &+= 1
    verdicts[record.verdict] &+= 1
    treatments[record.treatment] &+= 1
    if let cause = record.cause { causes[record.status, default: EnumCounts()][cause] &+= 1 }
    for missed in record.missed { missedExpectations[missed, default: 0] &+= 1 }
    repeatedRequests &+= record.repeats
    if let planned = record.plannedAt, record.startedAt &- planned > ArrivalPlan.lateAfter.nanoseconds / 1000 {
      late &+= 1
    }
  }
}

extension StreamRecord {
  /// `502 function_error`, else the reason: what a dashboard's column has room for.
  public var shortCause: String {
    guard let cause, reason.hasPrefix("status ") else { return reason }
    return "\(status) \(cause.rawValue)"
  }
}

extension LaneSnapshot {
  /// A stream is under way.
  var isRunning: Bool { state != .idle && state != .ended }
}

extension Int64 {
  /// Of microseconds.
  fileprivate var nanoseconds: Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: 1000)
    return overflow ? .max : product
  }
}
