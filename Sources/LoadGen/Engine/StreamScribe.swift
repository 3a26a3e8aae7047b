internal import CCurl

/// Writes down what is known of a lane's stream, running or over. Called on the lane's loop thread.
struct StreamScribe {
  /// Of the run, on the monotonic clock.
  let start: Int64

  /// Microseconds since the run's start.
  func time(_ moment: Int64) -> Int64 { (moment &- start) / 1000 }

  /// A running stream, as far as it has come.
  ///
  /// - Parameter number: of the lane.
  func running(_ lane: Lane, number: Int, now: Int64) -> StreamRecord {
    let transfer = lane.transfer
    var record = record(lane, number, transfer.collector.isComplete ? transfer.collector.head : ResponseHead(), now)
    record.bytesWire = transfer.bytesWire
    record.bytesDecoded = transfer.bytesDecoded
    setTimes(transfer, &record, silentUntil: now)
    return record
  }

  /// A stream that is over and was judged.
  func ended(_ lane: Lane, number: Int, _ stream: EndedStream, now: Int64) -> StreamRecord {
    var record = record(lane, number, stream.head, now)
    record.bytesWire = stream.judgement.bytesWire
    record.bytesDecoded = stream.judgement.bytesDecoded
    record.members = stream.judgement.members
    record.transport = stream.transport
    record.verdict = stream.judgement.verdict
    record.treatment = stream.judgement.treatment
    record.result = Self.result(stream.account.result)
    record.reason = stream.account.reason
    record.missed = stream.account.missed
    record.cause = stream.classification?.cause
    setTimes(lane.transfer, &record, silentUntil: stream.transport == .complete ? nil : now)
    if record.ttfh != nil, record.transport == .complete { record.ttlb = total(lane.transfer) }
    return record
  }

  private func record(_ lane: Lane, _ number: Int, _ head: ResponseHead, _ now: Int64) -> StreamRecord {
    let transfer = lane.transfer
    var record = StreamRecord()
    record.stream = lane.stream
    record.lane = number
    record.target = lane.target
    record.url = transfer.url
    record.isWarmUp = lane.isWarmUp
    record.startedAt = time(transfer.clock.start)
    record.plannedAt = lane.dueAt(start: record.startedAt)
    record.endedAt = time(now)
    record.expectedBytes = Self.expectedBytes(lane)
    record.status = head.status
    record.protocolName = Self.protocolName(head)
    record.repeats = transfer.repeats
    if head.status != 0 {
      record.instance = transfer.collector.noted.instance
      record.requestID = transfer.collector.noted.requestID
      record.instanceRSS = transfer.collector.noted.rssBytes
    }
    return record
  }

  /// As the distributions have them.
  private func setTimes(_ transfer: Transfer, _ record: inout StreamRecord, silentUntil end: Int64?) {
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
      record.gapMax = clock.longestSilence(until: end) / 1000
    }
  }

  private func total(_ transfer: Transfer) -> Int64 {
    let clock = transfer.clock
    let lastArrival = (max(clock.head, clock.lastByte) &- clock.start) / 1000
    return max(ccurl_info_off(transfer.easy, CURLINFO_TOTAL_TIME_T), lastArrival)
  }

  static func expectedBytes(_ lane: Lane) -> Int64? {
    let transfer = lane.transfer
    guard transfer.expectsBody, transfer.collector.isComplete else { return nil }
    return transfer.collector.declaredLength ?? transfer.judge.referenceLength
  }

  /// As `Counters.protocols` names it. Constants: no text is made for a stream.
  static func protocolName(_ head: ResponseHead) -> String {
    guard head.status != 0 else { return "" }
    switch head.version {
    case "2": return "h2"
    case "1.1": return "http/1.1"
    default: return "http/" + head.version
    }
  }

  static func result(_ result: Accountant.Result) -> StreamResult {
    switch result {
    case .ok: .ok
    case .failed: .failed
    case .cutByDeadline: .cutByDeadline
    }
  }
}
