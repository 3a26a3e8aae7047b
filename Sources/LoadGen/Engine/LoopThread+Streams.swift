internal import CCurl
internal import Synchronization
internal import ToolSupport

// A stream's beginning and end.
extension LoopThread {
  /// Makes the next lane. Nil when libcurl has no memory.
  func makeLane() -> Lane? {
    let slot = lanes.count
    guard let multi = multi(of: slot) else {
      fault = "libcurl has no memory for lane \(slot)"
      return nil
    }
    multi.keepConnections((slot % CurlMulti.lanes &+ 1) &* context.keptPerLane)
    let judge = BodyJudge(options: BodyJudge.Options(context.plan), references: context.references)
    judge.mode = validation
    guard let transfer = Transfer(slot: slot, multi: multi, options: options, judge: judge) else {
      fault = "libcurl has no memory for lane \(slot)"
      return nil
    }
    let lane = Lane(
      lane: context.lane(thread: index, slot: slot), transfer: transfer,
      backoff: Backoff(isBounded: context.plan.streams != nil), now: MonotonicClock.now())
    lanes.append(lane)
    sweepDue.append(.max)
    return lane
  }

  /// Gives an idle lane the next stream. False when the plan has no more.
  func begin(_ lane: Lane) -> Bool {
    let now = MonotonicClock.now()
    guard let ticket = context.allocator.next(now: now) else { return false }
    begin(lane, ticket, now: now)
    return true
  }

  /// Gives an idle lane a stream.
  func begin(_ lane: Lane, _ ticket: StreamAllocator.Ticket, now: Int64) {
    let delay = ticket.plannedAt.map { max(0, now &- due($0, ticket)) } ?? 0
    lane.begin(ticket, requests.request(for: ticket), delay: delay, now: now)
    if ticket.plannedAt != nil, !ticket.isWarmUp { noteStart(delay) }
    active &+= 1
    sweepDue[lane.transfer.slot] = nextLook(at: lane.transfer)
    lane.transfer.multi.seats?.begin()
    if !lane.transfer.multi.add(lane.transfer.easy) {
      // Only memory can be missing here. The ticket is spent, so the stream is counted.
      fault = "libcurl has no memory for stream \(ticket.stream)"
      close(lane, transport: .connectFailed)
    }
  }

  /// Counts every transfer that libcurl has finished. False when there was none.
  func reap() -> Bool {
    var any = false
    for multi in multis {
      while let (easy, code) = multi.nextDone() {
        any = true
        guard let context = ccurl_info_private(easy) else { continue }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let outcome = OutcomeMapper.outcome(transfer.end(code: code))
        end(lanes[transfer.slot], transport: outcome == .complete && isTooLate(transfer) ? .timeout : outcome)
      }
    }
    return any
  }

  /// The sweep comes every `tick`; a stream that ended between its limit and the sweep was too late all the same. What counts is
  /// when its last piece arrived, and not when this thread came to it.
  private func isTooLate(_ transfer: Transfer) -> Bool {
    guard let limit = context.plan.maxTime?.nanoseconds else { return false }
    return max(transfer.clock.head, transfer.clock.lastByte) &- transfer.clock.start >= limit
  }

  /// Ends what has been silent or running for too long. A walk over moments that lie side by side: a lane is looked at only when
  /// its stream's could have come.
  func sweep(_ now: Int64) {
    guard active > 0 else { return }
    for slot in sweepDue.indices where sweepDue[slot] <= now {
      let lane = lanes[slot]
      if now >= timeLimit(of: lane.transfer) {
        end(lane, transport: .timeout)
      } else if lane.transfer.isStalled(now: now, limit: context.plan.stallTimeout.nanoseconds) {
        end(lane, transport: .stalled)
      } else {
        // What has no connection yet is libcurl's to end, and is silent only after that.
        sweepDue[slot] = max(nextLook(at: lane.transfer), now &+ Self.tick)
      }
    }
  }

  /// When a running stream can have been silent or running for too long at the earliest.
  func nextLook(at transfer: Transfer) -> Int64 {
    let active = max(transfer.clock.start, transfer.clock.lastActivity)
    return min(timeLimit(of: transfer), active.saturatingAdd(context.plan.stallTimeout.nanoseconds))
  }

  private func timeLimit(of transfer: Transfer) -> Int64 {
    context.plan.maxTime.map { transfer.clock.start.saturatingAdd($0.nanoseconds) } ?? .max
  }

  /// The grace period is over.
  func cutAll() {
    for lane in lanes where lane.isRunning { close(lane, transport: .cutByDeadline) }
  }

  /// Ends a lane's stream and begins its next one, if there is one and it need not wait.
  func end(_ lane: Lane, transport: TransportOutcome) {
    let hadResponse = lane.transfer.collector.isComplete
    let now = close(lane, transport: transport)
    // The plan sets the pace, also against a target that refuses: no lane waits.
    guard !context.allocator.isOpen else { return admitArrivals() }
    guard mayStart(slot: lane.transfer.slot, now: now) else { return }
    if hadResponse {
      lane.responded()
      noteAnswer()
    } else if isHopeless(transport, now: now) {
      hasGivenUp = true
      return drain(until: now.saturatingAdd(context.plan.grace.nanoseconds))
    } else if transport != .timeout, transport != .stalled, transport != .cutByDeadline,
      lane.waitAfterFailure(now: now) > 0
    {
      return wait(lane, now: now)
    }
    if hasSeat(lane.transfer.slot) { _ = begin(lane) }
  }

  private func noteAnswer() {
    guard !context.isAnswered.load(ordering: .relaxed) else { return }
    context.isAnswered.store(true, ordering: .relaxed)
  }

  /// Whether a run of a number of streams has nothing to hope for: nobody listens there, and nobody ever has. A run that has a
  /// duration goes on: its target may be on its way.
  private func isHopeless(_ transport: TransportOutcome, now: Int64) -> Bool {
    guard context.plan.streams != nil, context.plan.runDuration == nil,
      counters.streams &+ forgotten >= Backoff.hopelessStreams, now &- context.start >= Backoff.hopelessTime
    else { return false }
    guard [.connectFailed, .dnsFailed, .tlsFailed].contains(transport) else { return false }
    return !context.isAnswered.load(ordering: .relaxed)
  }

  /// Takes the stream from libcurl and counts it, once. When it did.
  @discardableResult
  private func close(_ lane: Lane, transport: TransportOutcome) -> Int64 {
    let now = MonotonicClock.now()
    let transfer = lane.transfer
    if !lane.isWarmUp {
      if transport == .complete { record(lane) }
      recordConnection(transfer)
    }
    if transport == .complete { options.receiveBuffers.note(target: lane.target, bytes: transfer.bytesWire) }
    transfer.multi.remove(transfer.easy)
    transfer.multi.seats?.end(transfer.connection)
    active &-= 1
    sweepDue[transfer.slot] = .max
    let stream = judged(transfer, transport: transport, now: now)
    var isProof = false
    if lane.isWarmUp {
      counters.warmUpStreams &+= 1
      if stream.account.result == .failed { warmUpFailed &+= 1 }
    } else {
      counters.repeatedRequests &+= transfer.repeats
      count(stream, number: lane.stream)
      if stream.account.result == .failed { isProof = keepEvidence(of: stream, lane) }
      noteInstance(lane, now: now)
      if stream.account.result == .failed, lane.hasNotedInstance, let name = lane.transfer.collector.noted.instance {
        instances.noteFailure(instance: name)
      }
    }
    lane.end(stream, now: now)
    if context.allocator.isOpen { idleSlots.append(transfer.slot) }
    tell(stream, lane, isProof: isProof, now: now)
    return now
  }

  /// To those who follow single streams.
  private func tell(_ stream: EndedStream, _ lane: Lane, isProof: Bool, now: Int64) {
    guard tap != nil || album != nil else { return }
    let slot = lane.transfer.slot
    let record = scribe.ended(lane, number: context.lane(thread: index, slot: slot), stream, now: now)
    tap?.ended(record, slot: slot)
    guard album != nil else { return }
    var page = StreamPage(lane, record: record)
    page.take(stream)
    album?.keep(page, slot: slot, isProof: isProof)
  }

  /// Enters what the head said of its sender, once for each stream: at the first report that sees the head, so that a
  /// long stream's figure is not a secret until its end.
  func noteInstance(_ lane: Lane, now: Int64) {
    let collector = lane.transfer.collector
    guard !lane.hasNotedInstance, !lane.isWarmUp, collector.isComplete, let instance = collector.noted.instance else {
      return
    }
    lane.hasNotedInstance = true
    instances.note(instance: instance, rssBytes: collector.noted.rssBytes, now: now)
  }

  private func judged(_ transfer: Transfer, transport: TransportOutcome, now: Int64) -> EndedStream {
    let head = transfer.collector.isComplete ? transfer.collector.head : ResponseHead()
    let judgement = transfer.judgement(transport: transport)
    let account = accountant.account(
      transport: transport, head: head, judgement: judgement, expectsBody: transfer.expectsBody)
    let clock = transfer.clock
    let wantsEdges = transfer.hasBegunBody && (account.result == .failed || head.status >= 400 || album != nil)
    let bodyHead = wantsEdges ? transfer.judge.bodyHead : []
    let bodyTail = wantsEdges ? transfer.judge.bodyTail : []
    let classification = FailureClassifier.classify(
      head: head, bodyHead: bodyHead, bodyTail: bodyTail, bytes: judgement.bytesWire,
      seconds: (now &- clock.start).secondsFromNanoseconds)
    return EndedStream(
      transport: transport, head: head, judgement: judgement, bodyHead: bodyHead, bodyTail: bodyTail, account: account,
      detail: transport == .complete ? "" : transfer.errorDetail, explanation: transfer.explanation,
      hasConflictingFraming: transfer.collector.hasConflictingFraming, classification: classification,
      wait: StreamWait(clock, transport: transport, now: now),
      isBandwidthCapped: transfer.bandwidth.isCapped(
        bytes: judgement.bytesWire, firstByte: clock.firstByte, lastByte: clock.lastByte))
  }

  private func count(_ stream: EndedStream, number: Int) {
    counters.streams &+= 1
    switch stream.account.result {
    case .ok: counters.ok &+= 1
    case .failed: counters.failed &+= 1
    case .cutByDeadline: counters.cutByDeadline &+= 1
    }
    counters.bytesWire &+= stream.judgement.bytesWire
    counters.bytesDecoded &+= stream.judgement.bytesDecoded
    counters.status[stream.head.status, default: 0] &+= 1
    if stream.head.status != 0 {
      counters.protocols[StreamScribe.protocolName(stream.head), default: 0] &+= 1
    }
    counters.transport[stream.transport] &+= 1
    counters.verdicts[stream.judgement.verdict] &+= 1
    counters.treatments[stream.judgement.treatment] &+= 1
    if let classification = stream.classification {
      counters.causes[stream.head.status, default: EnumCounts()][classification.cause] &+= 1
    }
    for missed in stream.account.missed { counters.missedExpectations[missed, default: 0] &+= 1 }
    counters.pauses.count(stream.wait, stream: number, limits: context.plan.pauseLimits)
    if stream.isBandwidthCapped { counters.bandwidthCapped &+= 1 }
  }

  /// The times of a stream that came whole, whatever its status: those of broken ones would say when they broke.
  private func record(_ lane: Lane) {
    let transfer = lane.transfer
    let clock = transfer.clock
    let lastArrival = (max(clock.head, clock.lastByte) &- clock.start) / 1000
    // libcurl stamped the end of the message, last chunk included; we stamp what its callbacks show.
    let total = max(ccurl_info_off(transfer.easy, CURLINFO_TOTAL_TIME_T), lastArrival)
    record(.ttfh, (clock.head &- clock.start) / 1000, lane)
    record(.ttlb, total, lane)
    guard clock.firstByte != 0 else { return }
    record(.ttfb, (clock.firstByte &- clock.start) / 1000, lane)
    distributions.record(.gapMax, clock.longestGap / 1000)
    // Over the whole stream, waiting included, as curl's own speed: what the person at the other end got.
    if total > 0 {
      let perSecond = Double(transfer.bytesWire) * 1e6 / Double(total)
      distributions.record(.throughput, Int64(exactly: perSecond.rounded()) ?? .max)
    }
  }

  /// A time since the real start, in microseconds. Who comes to a busy counter has waited before it too: in an open model the
  /// time counts from the planned start.
  private func record(_ metric: Distributions.Metric, _ time: Int64, _ lane: Lane) {
    let counted = corrects ? time &+ lane.startDelay / 1000 : time
    distributions.record(metric, counted)
    if corrects { uncorrected.record(metric, time) }
    switch metric {
    case .ttfb: counters.ttfbBuckets.record(counted)
    case .ttlb: counters.ttlbBuckets.record(counted)
    default: break
    }
  }

  /// Of every stream that made a connection, however it ended.
  private func recordConnection(_ transfer: Transfer) {
    guard let times = transfer.connectionTimes() else { return }
    distributions.record(.dns, times.dns)
    distributions.record(.connect, times.connect)
    if let tls = times.tls { distributions.record(.tls, tls) }
  }

  /// Whether it was kept: there are enough of its kind otherwise.
  private func keepEvidence(of stream: EndedStream, _ lane: Lane) -> Bool {
    let cause = stream.classification?.cause
    guard evidence.wants(reason: stream.account.reason, cause: cause) else { return false }
    let piece = Evidence(
      stream: lane.stream, lane: context.lane(thread: index, slot: lane.transfer.slot), url: lane.transfer.url,
      outcome: stream.account.reason, cause: cause, status: stream.head.status, headers: stream.head.fields,
      bodyHead: stream.bodyHead, bodyTail: stream.bodyTail, advice: stream.advice)
    evidence.keep(piece)
    tap?.kept(piece, now: MonotonicClock.now())
    return true
  }
}
