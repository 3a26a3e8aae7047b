internal import LoadGen

// What the run says, ten times a second.
extension DashboardModel {
  /// How often the figures that people read are taken anew.
  private static let readoutInterval = 0.5
  /// Seconds from one sample of the history to the next that a record tells.
  private static let apart = 0.4
  /// Seconds until a run that has begun has said so.
  private static let longestStart = 1.0

  mutating func take(_ view: RunView, now: Double) -> [Effect] {
    let new = view.snapshot
    self.now = now
    if let until = notice?.until, until <= now {
      notice = nil
      dirty = true
    }
    let effects = endDrain(new)
    let known = detail
    followFocus(view)
    if detail != known { dirty = true }
    guard shows(view) else { return effects }
    dirty = true
    if view.isRestart { restart() }
    notePhase(view)
    snapshot = new
    takeEngineFacts()
    // A record tells itself when it was.
    if view.playback == nil { noteEnvironments(environments, at: new.elapsedSeconds) }
    takeFacts(view)
    for event in view.events { take(event) }
    if view.missedEvents > 0 {
      write(.gap, "\(view.missedEvents) events were not seen: totals have them all", isBad: true)
    }
    let kinds = FailureLine.kinds(new, accepted: label.acceptedStatuses)
    failures.take(kinds, at: new.elapsedSeconds, isLate: new.watch != nil)
    if let watch = new.watch { failures.explain(watch.failures) }
    settleWishes()
    sample()
    if tab == .streams || readoutTime == now { keepSelectionVisible() }
    guard new.phase == .finished, quit == .draining else { return effects }
    quit = .leaving
    return effects + [.leave]
  }

  /// Whether a view has anything that is not on the screen yet. A load that is paused, or over, costs next to nothing.
  private func shows(_ view: RunView) -> Bool {
    let new = view.snapshot
    let runs = (new.active > 0 || snapshot.active > 0) && !view.isLost
    let moves = runs || new.phase != snapshot.phase || new.counters != snapshot.counters
    let ticks = Int(clamping: new.elapsedSeconds) != Int(clamping: snapshot.elapsedSeconds)
    let tells =
      !view.events.isEmpty || !view.replies.isEmpty || view.missedEvents > 0 || view.isRestart
      || view.playback != playback || view.latency ?? latency != latency || view.status != sourceStatus
      || view.isLost != isLost
      || view.fault != fault || view.relay != relay || view.record != record
    if moves || ticks || tells || readoutTime == -.infinity { return true }
    return new.concurrency != snapshot.concurrency || new.notices != snapshot.notices || targets != view.targets
      || isOther(new.memory)
  }

  /// A figure gets older without anybody having said anything.
  private func isOther(_ memory: TargetMemory) -> Bool {
    var (one, other) = (memory, snapshot.memory)
    (one.ageSeconds, other.ageSeconds, one.sampleCount, other.sampleCount) = (nil, nil, 0, 0)
    for id in one.instances.keys { one.instances[id]?.ageSeconds = nil }
    for id in other.instances.keys { other.instances[id]?.ageSeconds = nil }
    return one != other
  }

  /// What was folded from events is of another moment now.
  private mutating func restart() {
    forgetCounted()
    (recordedPhase, notedEnvironments) = (nil, [])
    // Of a record what was done here stays; the rest is told again, or lies ahead.
    if playback != nil { log.keep(.command) }
  }

  private mutating func forgetCounted() {
    heat = HeatMap()
    // What a watched target had done before it was started anew has happened all the same.
    if snapshot.watch == nil { history = History() }
    latency = nil
    book.removeAll()
    failures.removeAll()
    readKinds = []
    trails.removeAll()
    detail = nil
    readoutTime = -.infinity
    streams.restart()
  }

  private mutating func takeFacts(_ view: RunView) {
    if let latency = view.latency { self.latency = latency }
    targets = view.targets
    rate = view.rate
    validation = view.validation ?? validation
    label.acceptedStatuses = view.expectedStatuses ?? label.acceptedStatuses
    fault = view.fault
    relay = view.relay
    record = view.record
    playback = view.playback
    sourceStatus = view.status
    if isLost != view.isLost { noteLoss(view.isLost) }
    for reply in view.replies { say(reply.text, isBad: reply.isFailure) }
  }

  private mutating func noteLoss(_ new: Bool) {
    isLost = new
    // How fast anything comes is not known from now on, or known again.
    readoutTime = -.infinity
    write(.gap, new ? "nobody tells of the run any more" : "the run is told of again", isBad: new)
  }

  private mutating func notePhase(_ view: RunView) {
    let new = view.snapshot
    // A record tells itself when they were, wherever somebody jumps to.
    guard view.playback == nil, new.phase != snapshot.phase || readoutTime == -.infinity else { return }
    if new.phase == .finished, notice?.text == Self.pausedText { notice = nil }
    write(.phase, new.watch == nil ? new.phase.rawValue : "watching begins", at: new.elapsedSeconds)
  }

  private mutating func noteRecorded(_ told: RecordSample) {
    noteEnvironments(told.memory.environments.map(EnvironmentRow.init), at: Double(told.at) / 1e6)
    guard told.phase != recordedPhase else { return }
    let isJump = recordedPhase == nil && Double(told.at) / 1e6 > Self.longestStart
    recordedPhase = told.phase
    if !isJump { write(.phase, told.phase.rawValue, at: Double(told.at) / 1e6) }
  }

  private mutating func take(_ event: RecordEvent) {
    let seconds = Double(event.time) / 1e6
    switch event {
    case .end(let record): take(record, at: seconds)
    case .evidence(_, let piece): failures.take(piece)
    case .notice(_, let text): write(.notice, text, at: seconds, isBad: true)
    case .gap(let gap): write(.gap, "\(gap.events) events are missing here", at: seconds, isBad: true)
    case .reset: noteReset(at: seconds)
    case .limit(_, let bytes): write(.gap, "the record reached its size at \(FieldText.size(bytes))", at: seconds)
    case .sample(let told) where playback != nil:
      remember(told)
      noteRecorded(told)
    case .final(let last) where playback != nil: noteRecorded(last.sample)
    case .begin, .head, .firstByte, .progress, .lanes, .sample, .final: break
    }
  }

  /// A source that is steered says so with its view; a record tells it where it happened.
  private mutating func noteReset(at seconds: Double) {
    if !abilities.contains(.resetStatistics) { forgetCounted() }
    write(.command, "statistics were reset", at: seconds)
  }

  private mutating func take(_ record: StreamRecord, at seconds: Double) {
    book.add(record)
    heat.add(record)
    guard record.result == .failed, !record.isWarmUp else { return }
    failures.note(FailureBook.kind(of: record), at: seconds)
    write(
      .failure, "stream \(record.stream) on lane \(record.lane): \(record.shortCause)", at: seconds,
      stream: record.stream,
      lane: record.lane, isBad: true)
  }

  /// Who goes far ahead in a record passes by what its charts are made of: the record's own samples, one a second. Where views are
  /// nearer to each other they know better. Two samples are never so far apart that the time between them counts as a stop.
  private mutating func remember(_ told: RecordSample) {
    guard history.latest.map({ Double(told.at) / 1e6 - $0 >= Self.apart }) ?? true else { return }
    let counters = told.counters
    history.append(
      History.Sample(
        elapsed: Double(told.at) / 1e6, wire: counters.bytesWire, decoded: counters.bytesDecoded,
        streams: counters.streams, failed: counters.failed, active: told.active, memory: told.memory.freshBytes))
  }

  private mutating func settleWishes() {
    if snapshot.concurrency == wantedConcurrency { wantedConcurrency = nil }
    if (snapshot.phase == .paused) == wantedPause || snapshot.phase.isEnding { wantedPause = nil }
  }

  private mutating func sample() {
    let counters = snapshot.counters
    history.isSparse = snapshot.watch != nil
    history.append(
      History.Sample(
        elapsed: snapshot.watch?.toldAt ?? snapshot.elapsedSeconds, wire: counters.bytesWire,
        decoded: counters.bytesDecoded, streams: counters.streams, failed: counters.failed, active: snapshot.active,
        memory: snapshot.memory.freshBytes))
    // The first word of a run that was joined is not waited for.
    let isFirst = shown.elapsedSeconds == 0 && snapshot.elapsedSeconds > Self.readoutInterval
    let isDue = now - readoutTime >= Self.readoutInterval - 0.001
    guard isDue || isFirst || snapshot.phase != shown.phase || snapshot.phase == .finished else { return }
    readoutTime = now
    shown = snapshot
    laneRates.removeAll(keepingCapacity: true)
    for lane in snapshot.lanes { laneRates.append(isLost ? 0 : lane.bytesPerSecond) }
    trails.add(snapshot.lanes) { $0.state == .streaming ? $0.bytesPerSecond : 0 }
    readout = history.readout
    if snapshot.watch?.isAnswering != false { failures.mark(at: snapshot.elapsedSeconds) }
    readKinds = failures.kinds
    streams.rebuild(self)
  }

  /// The opened stream, from the source; else, when it is over, from what the book still has.
  private mutating func followFocus(_ view: RunView) {
    guard let focus else { return detail = nil }
    if let told = view.detail {
      detail = told
      return
    }
    guard detail == nil || detail?.isRunning == true, let stream = focus.stream else { return }
    let ended = book.record(stream: stream)
    guard let record = ended ?? failures.record(stream: stream, lane: focus.lane) else { return }
    var known = detail ?? StreamDetail(record: record, isRunning: false)
    known.isProofOnly = ended == nil && detail == nil
    known.record = record
    known.isRunning = false
    addProof(to: &known)
    detail = known
  }

  private func addProof(to known: inout StreamDetail) {
    if known.record.result == .failed, known.advice == nil {
      // Others that failed so are kept: what helps against one helps against all.
      known.advice = failures.kinds.first { $0.name == known.record.shortCause }?.advice
    }
    guard let piece = failures.evidence(stream: known.record.stream) else { return }
    if known.response == nil {
      var head = ResponseHead()
      head.status = piece.status
      head.fields = piece.headers
      known.response = head
    }
    known.advice = known.advice ?? piece.advice
    if known.bodyHead.isEmpty { known.bodyHead = piece.bodyHead }
    if known.bodyTail.isEmpty { known.bodyTail = piece.bodyTail }
  }

  private mutating func endDrain(_ new: Snapshot) -> [Effect] {
    guard quit == .draining, let limit = drainUntil, now >= limit, new.phase != .finished else { return [] }
    drainUntil = nil
    // Also when the plan had started its last stream before anybody asked: what is cut here was not carried out.
    endedEarly = true
    return [.command(.stop(.now))]
  }
}

extension Snapshot.Phase {
  /// No new streams will start, whatever keys are pressed.
  var isEnding: Bool { self == .draining || self == .finished }
}

extension Int {
  /// Of seconds, whatever they are.
  fileprivate init(clamping seconds: Double) {
    self = Int(Swift.min(Swift.max(0, seconds.isFinite ? seconds : 0), 1e12))
  }
}
