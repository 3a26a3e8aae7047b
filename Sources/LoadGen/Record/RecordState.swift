internal import ToolSupport

/// A run as its record has told it so far: what a live `Snapshot` shows, folded from events.
///
/// Counters are exact as long as every event since the beginning was seen. After a gap, a limit, or a beginning in the middle
/// (`isExact`) they are those of the last sample and what was told since, which may differ from the truth by what lies between two
/// reports; the final event makes them exact again.
///
/// Bounded whatever the record says: about half a KiB for each of `laneLimit` lanes, `keptLimit` streams that ended before the
/// one of their lane, as many that failed, `evidenceLimit` with a proof, and the arrivals of `stripLimit` lanes.
public struct RecordState: Sendable {
  /// Lanes beyond this are counted and not kept: a file must not decide how much memory is taken.
  public static let laneLimit = 1 << 16
  public static let evidenceLimit = 64
  /// The first lanes, whose running streams' arrivals are kept; of another lane they are kept while it is `followed`.
  public static let stripLimit = 1024
  static let keptLimit = 256
  static let noticeLimit = 64
  /// Different texts that a record may count by, as protocols; further ones are not told apart.
  static let nameLimit = 64

  /// Microseconds since the run's start: of the latest event.
  public private(set) var time: Int64 = 0
  public private(set) var counters = Counters()
  /// Whether the counters count every stream up to now.
  public private(set) var isExact: Bool
  /// Of the streams whose end was seen.
  private(set) var latency: LatencyFold
  /// False when some streams' ends were not seen.
  public private(set) var hasAllEnds: Bool
  public private(set) var evidence: [Evidence] = []
  public private(set) var notices: [String] = []
  /// Of streams that a gap left out.
  public private(set) var missingEvents = 0
  /// The last word, once it was said.
  public private(set) var final: RecordFinal?
  /// Grows with every event: whoever has looked at this one has seen all.
  private(set) var version = 0
  /// A lane whose arrivals are kept although it is not among the first.
  public var followed: Int?
  private(set) var lanes: [FoldedLane] = []
  private(set) var strips: [Int: ArrivalStrip] = [:]
  private(set) var earlier = KeptStreams(limit: keptLimit)
  private(set) var failures = KeptStreams(limit: keptLimit)
  /// Streams of the evidence.
  private(set) var proven = KeptStreams(limit: evidenceLimit)
  private var sample = RecordSample(at: 0)
  /// Whether a sample was told: who has joined knows nothing of the run as a whole before.
  private var hasSample = false
  /// The last one had fewer streams than were counted.
  private var isSampleBehind = false
  /// When statistics were last reset, in microseconds; what ended before, and is told late, counts no more.
  private var countedFrom: Int64?
  /// Bytes of the streams that have ended.
  private var ended: (wire: Int64, decoded: Int64) = (0, 0)
  /// Body bytes that were told after the last sample: what a reader of samples alone would see come once a second, all at once.
  private var sinceSample: Int64 = 0
  /// Of the running streams as far as they were told, warm-up excluded.
  private var running: Int64 = 0

  /// - Parameters:
  ///   - isWhole: the events from the run's beginning will follow.
  ///   - correctsLatency: as the record's header says.
  public init(isWhole: Bool = true, correctsLatency: Bool = true) {
    latency = LatencyFold(corrects: correctsLatency)
    isExact = isWhole
    hasAllEnds = isWhole
  }

  public mutating func apply(_ event: RecordEvent) {
    time = max(time, event.time)
    version &+= 1
    switch event {
    case .begin(let begin): apply(begin)
    case .head(let head): if isCurrent(head.stream, head.lane) { lanes[head.lane].take(head) }
    case .firstByte(let at, let stream, let lane): if isCurrent(stream, lane) { lanes[lane].takeFirstByte(at: at) }
    case .progress(let progress): for entry in progress.entries { apply(entry, at: progress.at) }
    case .end(let record): apply(record)
    case .evidence(_, let piece): apply(piece)
    case .sample(let new): apply(new)
    case .lanes(let at, let all):
      for lane in all where makeRoom(lane.lane) { apply(lane, at: at) }
    case .notice(_, let text): apply(notice: text)
    case .reset(let at): reset(at)
    case .gap(let gap):
      (isExact, hasAllEnds) = (false, false)
      missingEvents &+= gap.events
    case .limit: (isExact, hasAllEnds) = (false, false)
    case .final(let last):
      // Nothing is later.
      sample.at = min(sample.at, last.sample.at)
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
    // 0: nothing is told yet.
    snapshot.elapsedSeconds = isExact || hasSample ? Double(now) / 1e6 : 0
    snapshot.concurrency = sample.concurrency
    snapshot.counters = counters
    snapshot.counters.ttfbBuckets = latency.buckets(.ttfb)
    snapshot.counters.ttlbBuckets = latency.buckets(.ttlb)
    snapshot.memory = sample.memory
    snapshot.client = sample.client
    snapshot.notices = notices
    snapshot.lanes.reserveCapacity(lanes.count)
    for (number, lane) in lanes.enumerated() {
      snapshot.lanes.append(lane.snapshot(number, at: now))
      if lane.isRunning { snapshot.active &+= 1 }
    }
    return snapshot
  }

  private mutating func apply(_ begin: StreamBegin) {
    guard makeRoom(begin.lane) else { return }
    // Announced anew after a loss.
    guard !isCurrent(begin.stream, begin.lane) else { return }
    start(begin)
  }

  /// Running streams count whole, with what they have brought so far.
  private mutating func reset(_ at: Int64) {
    countedFrom = at
    let warmUpStreams = counters.warmUpStreams
    counters = Counters()
    counters.warmUpStreams = warmUpStreams
    sample.counters = counters
    (ended, sinceSample, isSampleBehind) = ((0, 0), 0, false)
    latency = LatencyFold(corrects: latency.corrects)
    evidence = []
    failures = KeptStreams(limit: Self.keptLimit)
    proven = KeptStreams(limit: Self.evidenceLimit)
    for lane in lanes.indices { lanes[lane].forgetTotals() }
    if isExact { takeRunningBytes() }
  }

  private mutating func apply(_ entry: StreamProgress.Entry, at: Int64) {
    let lane = entry.lane
    guard lanes.indices.contains(lane), lanes[lane].isRunning else { return }
    let before = lanes[lane].record.bytesWire
    lanes[lane].take(entry, at: at)
    if !lanes[lane].record.isWarmUp { running &+= entry.bytes &- before }
    if isExact { takeRunningBytes() } else { takeNewBytes(entry.bytes &- before, of: lane) }
    guard lane < Self.stripLimit || lane == followed, entry.bytes > before else { return }
    // Of a stream that was met in its middle nobody knows when the bytes before came.
    if strips[lane] == nil, before > 0 { return }
    strips[lane, default: ArrivalStrip()].add(entry.bytes &- before, at: at &- lanes[lane].record.startedAt)
  }

  private mutating func apply(_ view: LaneSnapshot, at: Int64) {
    forgetRunning(view.lane)
    lanes[view.lane].take(view: view, at: at)
    let lane = lanes[view.lane]
    if lane.isRunning, !lane.record.isWarmUp { running &+= lane.record.bytesWire }
  }

  private mutating func apply(_ record: StreamRecord) {
    let counts = countedFrom.map { record.endedAt >= $0 } ?? true
    if counts {
      if !record.isWarmUp { latency.add(record) }
      if record.result == .failed { keepFailure(record) }
    }
    guard makeRoom(record.lane) else {
      if isExact, counts { count(record) }
      return
    }
    let lane = record.lane
    if lanes[lane].record.stream != record.stream || lanes[lane].isOver {
      var begin = StreamBegin(at: record.startedAt, stream: record.stream, lane: lane, target: record.target)
      begin.url = record.url
      start(begin)
    }
    let before = lanes[lane].record.bytesWire
    forgetRunning(lane)
    lanes[lane].take(record)
    if !counts {
      lanes[lane].forgetTotals()
    } else if isExact {
      count(record)
    } else {
      takeNewBytes(record.bytesWire &- before, of: lane)
      countSinceSample(record)
    }
    guard record.bytesWire > before, strips[lane] != nil else { return }
    strips[lane]?.add(record.bytesWire &- before, at: record.endedAt &- record.startedAt)
  }

  /// The proof of a stream comes before its end.
  private mutating func keepFailure(_ record: StreamRecord) {
    failures.keep(record)
    if evidence.contains(where: { $0.stream == record.stream }) { proven.keep(record) }
  }

  private mutating func apply(_ piece: Evidence) {
    guard evidence.count < Self.evidenceLimit else { return }
    var piece = piece
    if piece.headers.count > 2 * ResponseHead.maximumFields { piece.headers = [] }
    evidence.append(piece)
  }

  private mutating func apply(notice text: String) {
    guard notices.count < Self.noticeLimit, !notices.contains(text) else { return }
    notices.append(String(text.unicodeScalars.prefix(1000)))
  }

  private mutating func apply(_ new: RecordSample) {
    // Who joins before anything has ended misses nothing.
    if !hasAllEnds, latency.isEmpty, new.counters.streams == 0, missingEvents == 0, final == nil { hasAllEnds = true }
    // The lines of a record that was switched on late, and of `/events`, have samples of two hands.
    guard new.at >= sample.at else { return }
    (sample, sinceSample, hasSample) = (new, 0, true)
    if isExact { takeRunningBytes() } else { takeCounters(new.counters) }
  }

  /// A sample may have been taken before ends that were told already: those are not taken back, since the next one has them all.
  /// A second one with fewer streams knows better.
  private mutating func takeCounters(_ new: Counters) {
    isSampleBehind = new.streams < counters.streams && !isSampleBehind
    if !isSampleBehind { counters = new }
    // What was told of bytes since the last one was no more than a good guess.
    (counters.bytesWire, counters.bytesDecoded) = (new.bytesWire, new.bytesDecoded)
  }

  private mutating func start(_ begin: StreamBegin) {
    if lanes[begin.lane].isOver { earlier.keep(lanes[begin.lane].record) }
    forgetRunning(begin.lane)
    lanes[begin.lane].start(begin)
    strips[begin.lane] = nil
  }

  /// What a stream under way has brought is told by its end, or by nobody.
  private mutating func forgetRunning(_ lane: Int) {
    guard lanes[lane].isRunning, !lanes[lane].record.isWarmUp else { return }
    running &-= lanes[lane].record.bytesWire
  }

  private func isCurrent(_ stream: Int, _ lane: Int) -> Bool {
    lanes.indices.contains(lane) && lanes[lane].record.stream == stream && lanes[lane].isRunning
  }

  private mutating func makeRoom(_ lane: Int) -> Bool {
    guard (0..<Self.laneLimit).contains(lane) else { return false }
    while lanes.count <= lane { lanes.append(FoldedLane()) }
    return true
  }

  /// As the engine counts.
  private mutating func count(_ record: StreamRecord) {
    guard !record.isWarmUp else { return counters.warmUpStreams &+= 1 }
    (counters.bytesWire, counters.bytesDecoded) = (ended.wire, ended.decoded)
    counters.add(record, names: Self.nameLimit)
    ended = (counters.bytesWire, counters.bytesDecoded)
    takeRunningBytes()
  }

  /// Between two samples bytes go on, as they do live; the next sample has the truth.
  private mutating func takeNewBytes(_ bytes: Int64, of lane: Int) {
    guard hasSample, bytes > 0, !lanes[lane].record.isWarmUp, final == nil else { return }
    sinceSample = sinceSample.saturatingAdd(bytes)
    counters.bytesWire = sample.counters.bytesWire.saturatingAdd(sinceSample)
  }

  /// Ends too: one that is later than the sample is in no sample yet. What ended just before it may be missed until the next one.
  private mutating func countSinceSample(_ record: StreamRecord) {
    guard hasSample, !record.isWarmUp, final == nil, record.endedAt > sample.at else { return }
    // Of its bytes the sample has those that came before it.
    let (wire, decoded) = (counters.bytesWire, counters.bytesDecoded)
    counters.add(record, names: Self.nameLimit)
    (counters.bytesWire, counters.bytesDecoded) = (wire, decoded)
  }

  /// Streams tell their bytes on their way and when they end, samples those of all. Both only grow, and neither is ever beyond
  /// the truth of its moment: the larger one is nearer to it.
  private mutating func takeRunningBytes() {
    counters.bytesWire = max(ended.wire &+ running, sample.counters.bytesWire)
    counters.bytesDecoded = max(ended.decoded, sample.counters.bytesDecoded)
  }
}

extension Counters {
  /// One more ended stream.
  ///
  /// - Parameter names: so many different texts are counted by; what comes beyond is `other`.
  mutating func add(_ record: StreamRecord, names: Int) {
    func known(_ name: String, _ counts: [String: Int]) -> String {
      counts.count < names || counts[name] != nil ? name : "other"
    }
    streams &+= 1
    switch record.result {
    case .ok: ok &+= 1
    case .failed: failed &+= 1
    case .cutByDeadline: cutByDeadline &+= 1
    }
    bytesWire &+= record.bytesWire
    bytesDecoded &+= record.bytesDecoded
    status[record.status, default: 0] &+= 1
    if record.status != 0 { protocols[known(record.protocolName, protocols), default: 0] &+= 1 }
    transport[record.transport] &+= 1
    verdicts[record.verdict] &+= 1
    treatments[record.treatment] &+= 1
    if let cause = record.cause { causes[record.status, default: EnumCounts()][cause] &+= 1 }
    for missed in record.missed { missedExpectations[known(missed, missedExpectations), default: 0] &+= 1 }
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
