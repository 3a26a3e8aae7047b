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
    /// Microseconds.
    var silence: Int64 = 0
  }

  private let outbox: EventOutbox
  private let targets: [LoadTarget]
  private let scribe: StreamScribe
  private var batch: [RecordEvent] = []
  /// By slot.
  private var told: [Told] = []
  private var progress = StreamProgress(at: 0)
  private var report = 0
  /// Every how many reports a stream tells its bytes.
  private var stride = 1

  init(outbox: EventOutbox, plan: LoadPlan, scribe: StreamScribe) {
    self.outbox = outbox
    self.scribe = scribe
    targets = plan.targets
  }

  /// A report of the thread begins.
  func beginReport(active: Int, now: Int64) {
    report &+= 1
    stride = 1 &+ active / Self.progressLimit
    progress = StreamProgress(at: scribe.time(now))
  }

  /// A running stream, once in each report.
  func running(_ lane: Lane, number: Int, now: Int64) {
    let slot = lane.transfer.slot
    while told.count <= slot { told.append(Told()) }
    announce(lane, number, slot)
    guard report % stride == slot % stride else { return }
    let bytes = lane.transfer.clock.firstByte == 0 ? 0 : lane.transfer.bytesWire
    let silence = bytes == 0 ? 0 : lane.transfer.clock.longestSilence(until: now) / 1000
    // Once a second that nothing comes is news too.
    guard bytes != told[slot].bytes || silence >= told[slot].silence &+ 1_000_000 else { return }
    (told[slot].bytes, told[slot].silence) = (bytes, silence)
    progress.entries.append(StreamProgress.Entry(lane: number, bytes: bytes, longestGap: silence))
  }

  /// The report is complete: everything leaves the thread.
  func endReport() {
    if !progress.entries.isEmpty { append(.progress(progress)) }
    progress.entries = []
    handOver()
  }

  /// A stream is over and was judged.
  func ended(_ record: StreamRecord, slot: Int) {
    if slot < told.count { told[slot] = Told() }
    append(.end(record))
  }

  func kept(_ evidence: Evidence, now: Int64) { append(.evidence(at: scribe.time(now), evidence)) }

  /// Whoever follows begins anew: what runs is announced once more.
  func announceAnew() {
    handOver()
    for slot in told.indices { told[slot] = Told() }
  }

  private func announce(_ lane: Lane, _ number: Int, _ slot: Int) {
    let clock = lane.transfer.clock
    if told[slot].stage == 0 {
      told[slot].stage = 1
      var begin = StreamBegin(at: scribe.time(clock.start), stream: lane.stream, lane: number, target: lane.target)
      begin.plannedAt = lane.dueAt(start: begin.at)
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
        at: scribe.time(clock.head), stream: lane.stream, lane: number, status: collector.head.status,
        protocolName: StreamScribe.protocolName(collector.head))
      head.expectedBytes = StreamScribe.expectedBytes(lane)
      head.instance = collector.noted.instance
      head.requestID = collector.noted.requestID
      append(.head(head))
    }
    if told[slot].stage == 2, clock.firstByte != 0 {
      told[slot].stage = 3
      append(.firstByte(at: scribe.time(clock.firstByte), stream: lane.stream, lane: number))
    }
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
}
