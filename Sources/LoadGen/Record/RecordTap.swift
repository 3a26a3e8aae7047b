internal import CCurl

/// Where one loop thread's events begin: values are collected here and handed to the outbox in batches.
///
/// A stream is announced when it is first seen running at a report, so that one that lasts shorter than that costs one event.
/// Lives on its loop thread.
final class RecordTap {
  /// Streams of one report that tell their bytes; with more of them running, each tells less often.
  static let progressLimit = 512

  /// How much of a lane's stream was told.
  private struct Told {
    var stage: UInt8 = 0
    var bytes: Int64 = 0
  }

  private let outbox: EventOutbox
  private let targets: [LoadTarget]
  /// Of the run, on the monotonic clock.
  private let start: Int64
  private var batch: [RecordEvent] = []
  /// By slot.
  private var told: [Told] = []
  private var progress = StreamProgress(at: 0)
  private var report = 0
  /// Every how many reports a stream tells its bytes.
  private var stride = 1

  init(outbox: EventOutbox, plan: LoadPlan, start: Int64) {
    self.outbox = outbox
    self.start = start
    targets = plan.targets
  }

  /// A report of the thread begins.
  func beginReport(active: Int, now: Int64) {
    report &+= 1
    stride = 1 &+ active / Self.progressLimit
    progress = StreamProgress(at: time(now))
  }

  /// A running stream, once in each report.
  func running(_ lane: Lane, number: Int, now: Int64) {
    let slot = lane.transfer.slot
    while told.count <= slot { told.append(Told()) }
    announce(lane, number, slot)
    guard report % stride == slot % stride else { return }
    let bytes = lane.transfer.clock.firstByte == 0 ? 0 : lane.transfer.bytesWire
    guard bytes != told[slot].bytes else { return }
    told[slot].bytes = bytes
    progress.entries.append(
      StreamProgress.Entry(lane: number, bytes: bytes, longestGap: lane.transfer.clock.longestGap / 1000))
  }

  /// The report is complete: everything leaves the thread.
  func endReport() {
    if !progress.entries.isEmpty { append(.progress(progress)) }
    progress.entries = []
    handOver()
  }

  /// A stream is over and was judged.
  func ended(_ lane: Lane, number: Int, _ stream: EndedStream, now: Int64) {
    let slot = lane.transfer.slot
    if slot < told.count { told[slot] = Told() }
    append(.end(record(lane, number, stream, now)))
  }

  func kept(_ evidence: Evidence, now: Int64) { append(.evidence(at: time(now), evidence)) }

  private func announce(_ lane: Lane, _ number: Int, _ slot: Int) {
    let clock = lane.transfer.clock
    if told[slot].stage == 0 {
      told[slot].stage = 1
      var begin = StreamBegin(at: time(clock.start), stream: lane.stream, lane: number, target: lane.target)
      begin.plannedAt = lane.ticket?.plannedAt.map(time)
      begin.isWarmUp = lane.isWarmUp
      let url = lane.transfer.url
      // The header does not name targets that were added while the run went on.
      if !targets.indices.contains(lane.target) || targets[lane.target].url != url { begin.url = url }
      append(.begin(begin))
    }
    if told[slot].stage == 1, clock.head != 0 {
      told[slot].stage = 2
      let collector = lane.transfer.collector
      var head = StreamHead(
        at: time(clock.head), stream: lane.stream, lane: number, status: collector.head.status,
        protocolName: Self.protocolName(collector.head))
      head.expectedBytes = expectedBytes(lane)
      head.instance = collector.noted.instance
      head.requestID = collector.noted.requestID
      append(.head(head))
    }
    if told[slot].stage == 2, clock.firstByte != 0 {
      told[slot].stage = 3
      append(.firstByte(at: time(clock.firstByte), stream: lane.stream, lane: number))
    }
  }

  private func record(_ lane: Lane, _ number: Int, _ stream: EndedStream, _ now: Int64) -> StreamRecord {
    let transfer = lane.transfer
    var record = StreamRecord()
    record.stream = lane.stream
    record.lane = number
    record.target = lane.target
    record.url = transfer.url
    record.isWarmUp = lane.isWarmUp
    record.plannedAt = lane.ticket?.plannedAt.map(time)
    record.startedAt = time(transfer.clock.start)
    record.endedAt = time(now)
    record.bytesWire = stream.judgement.bytesWire
    record.bytesDecoded = stream.judgement.bytesDecoded
    record.members = stream.judgement.members
    record.expectedBytes = expectedBytes(lane)
    record.status = stream.head.status
    record.protocolName = Self.protocolName(stream.head)
    record.transport = stream.transport
    record.verdict = stream.judgement.verdict
    record.treatment = stream.judgement.treatment
    record.result = Self.result(stream.account.result)
    record.reason = stream.account.reason
    record.missed = stream.account.missed
    record.cause = stream.classification?.cause
    record.repeats = transfer.repeats
    if stream.head.status != 0 {
      record.instance = transfer.collector.noted.instance
      record.requestID = transfer.collector.noted.requestID
      record.instanceRSS = transfer.collector.noted.rssBytes
    }
    setTimes(transfer, &record)
    return record
  }

  /// As the distributions have them.
  private func setTimes(_ transfer: Transfer, _ record: inout StreamRecord) {
    let clock = transfer.clock
    if let times = transfer.connectionTimes() {
      record.dns = times.dns
      record.connect = times.connect
      record.tls = times.tls
    }
    guard clock.head != 0 else { return }
    record.ttfh = (clock.head &- clock.start) / 1000
    if clock.firstByte != 0 {
      record.ttfb = (clock.firstByte &- clock.start) / 1000
      record.gapMax = clock.longestGap / 1000
    }
    guard record.transport == .complete else { return }
    let lastArrival = (max(clock.head, clock.lastByte) &- clock.start) / 1000
    record.ttlb = max(ccurl_info_off(transfer.easy, CURLINFO_TOTAL_TIME_T), lastArrival)
  }

  private func expectedBytes(_ lane: Lane) -> Int64? {
    let transfer = lane.transfer
    guard transfer.expectsBody, transfer.collector.isComplete else { return nil }
    return transfer.collector.declaredLength ?? transfer.judge.referenceLength
  }

  private func append(_ event: RecordEvent) {
    if batch.isEmpty { batch.reserveCapacity(EventOutbox.batch) }
    batch.append(event)
    if batch.count >= EventOutbox.batch { handOver() }
  }

  /// After a loss everything that runs is announced anew.
  private func handOver() {
    guard !outbox.offer(&batch) else { return }
    for slot in told.indices { told[slot] = Told() }
  }

  /// Microseconds since the run's start.
  private func time(_ moment: Int64) -> Int64 { (moment &- start) / 1000 }

  private static func result(_ result: Accountant.Result) -> StreamResult {
    switch result {
    case .ok: .ok
    case .failed: .failed
    case .cutByDeadline: .cutByDeadline
    }
  }

  /// As `Counters.protocols` names it. Constants: no text is made for a stream.
  private static func protocolName(_ head: ResponseHead) -> String {
    guard head.status != 0 else { return "" }
    switch head.version {
    case "2": return "h2"
    case "1.1": return "http/1.1"
    default: return "http/" + head.version
    }
  }
}
