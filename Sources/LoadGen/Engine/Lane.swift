/// One of the concurrent slots of a run: its transfer, its place in its life, and its books for the dashboard.
///
/// Lives on one loop thread. Lanes are made when they first get a stream and kept until the run ends.
final class Lane {
  enum Activity {
    /// No stream, and none due.
    case idle
    case running
    /// Its streams brought no response; the next one begins then.
    case waiting(until: Int64)
  }

  let transfer: Transfer
  private(set) var activity = Activity.idle
  private var backoff: Backoff
  /// The running stream's instance is in the book.
  var hasNotedInstance = false
  /// Everything that is true of the last or the running stream but its moving figures, and the lane's totals.
  private var books: LaneSnapshot
  private var rate: RateWindow
  /// Body bytes of the streams that ended.
  private var bytesBefore: Int64 = 0

  init(lane: Int, transfer: Transfer, backoff: Backoff, now: Int64) {
    self.transfer = transfer
    self.backoff = backoff
    books = LaneSnapshot(lane: lane)
    rate = RateWindow(now: now)
  }

  var isRunning: Bool {
    if case .running = activity { true } else { false }
  }

  var isIdle: Bool {
    if case .idle = activity { true } else { false }
  }

  /// When a waiting lane goes on; nil for any other.
  var due: Int64? {
    if case .waiting(let until) = activity { until } else { nil }
  }

  /// What the running or the last stream is in the plan; nil before the first.
  private(set) var ticket: StreamAllocator.Ticket?

  /// The running or the last stream is the warm-up's, and in no count.
  var isWarmUp: Bool { ticket?.isWarmUp ?? false }

  /// In an open model, how long after its planned time the stream began, in nanoseconds; else 0.
  private(set) var startDelay: Int64 = 0

  /// When the running or the last stream was due, pauses included, in microseconds as its start is given; nil where no time was
  /// planned. Rounded as the distributions round.
  func dueAt(start: Int64) -> Int64? { ticket?.plannedAt == nil ? nil : start &- startDelay / 1000 }

  var stream: Int { books.stream }
  var target: Int { books.target }

  /// - Parameter delay: see `startDelay`.
  func begin(_ ticket: StreamAllocator.Ticket, _ request: TargetRequest, delay: Int64, now: Int64) {
    activity = .running
    self.ticket = ticket
    startDelay = delay
    hasNotedInstance = false
    var next = LaneSnapshot(lane: books.lane)
    next.stream = ticket.stream
    next.target = request.index
    next.streams = books.streams
    next.failed = books.failed
    next.badGateways = books.badGateways
    next.invalid = books.invalid
    next.lastVerdict = books.lastVerdict
    next.lastCause = books.lastCause
    books = next
    rate.begin(now: now, bytes: bytesBefore)
    transfer.begin(request, stream: ticket.stream, now: now)
  }

  /// The running stream is over and was judged.
  func end(_ stream: EndedStream, now: Int64) {
    describeResponse()
    books.bytes = stream.judgement.bytesWire
    books.bytesDecoded = stream.judgement.bytesDecoded
    books.elapsedSeconds = (now &- transfer.clock.start).secondsFromNanoseconds
    books.verdict = stream.judgement.verdict
    books.lastVerdict = stream.judgement.verdict
    books.transport = stream.transport
    books.longestGapSeconds = longestGapSeconds(until: stream.transport == .complete ? nil : now)
    books.result = StreamScribe.result(stream.account.result)
    if !isWarmUp { count(stream) }
    bytesBefore &+= stream.judgement.bytesWire
    activity = .idle
  }

  /// Statistics begin anew.
  func forgetTotals() { books.forgetTotals() }

  private func count(_ stream: EndedStream) {
    books.streams &+= 1
    if stream.head.status == 502 { books.badGateways &+= 1 }
    if stream.judgement.verdict.isInvalid { books.invalid &+= 1 }
    if stream.account.result == .failed {
      books.failed &+= 1
      books.lastCause = stream.shortCause
    }
  }

  /// After a stream without a response: how long to wait, or 0.
  func waitAfterFailure(now: Int64) -> Int64 {
    let delay = backoff.failed()
    guard delay > 0 else { return 0 }
    let until = now.saturatingAdd(delay)
    activity = .waiting(until: until &- until % Backoff.grid &+ Backoff.grid)
    return delay
  }

  func responded() { backoff.responded() }

  /// A waiting lane that will get no further stream, or gets it now.
  func stopWaiting() { activity = .idle }

  func snapshot(now: Int64) -> LaneSnapshot {
    var view = books
    view.bytesPerSecond = rate.rate(now: now, bytes: bytesBefore &+ transfer.bytesWire)
    switch activity {
    case .idle: view.state = books.stream == 0 ? .idle : .ended
    case .waiting: view.state = .ended
    case .running:
      if books.status == 0 {
        describeResponse()
        view.status = books.status
        view.protocolName = books.protocolName
        view.requestID = books.requestID
        view.instance = books.instance
      }
      view.bytes = transfer.bytesWire
      view.bytesDecoded = transfer.bytesDecoded
      view.longestGapSeconds = longestGapSeconds(until: now)
      view.expectedBytes = expectedBytes
      view.ttfbSeconds = ttfbSeconds
      view.elapsedSeconds = (now &- transfer.clock.start).secondsFromNanoseconds
      view.state = transfer.clock.head == 0 ? .waiting : transfer.clock.firstByte == 0 ? .headers : .streaming
    }
    return view
  }

  /// Takes over what the head said, once it is there.
  private func describeResponse() {
    guard transfer.collector.isComplete else { return }
    books.status = transfer.collector.head.status
    books.protocolName = StreamScribe.protocolName(transfer.collector.head)
    books.requestID = transfer.collector.noted.requestID
    books.instance = transfer.collector.noted.instance
    books.expectedBytes = expectedBytes
    books.ttfbSeconds = ttfbSeconds
  }

  private func longestGapSeconds(until end: Int64?) -> Double? {
    transfer.clock.firstByte == 0 ? nil : transfer.clock.longestSilence(until: end).secondsFromNanoseconds
  }

  private var ttfbSeconds: Double? {
    let clock = transfer.clock
    return clock.firstByte == 0 ? nil : (clock.firstByte &- clock.start).secondsFromNanoseconds
  }

  /// What the message declares, else what its URL once brought.
  private var expectedBytes: Int64? {
    guard transfer.expectsBody, transfer.collector.isComplete else { return nil }
    return transfer.collector.declaredLength ?? transfer.judge.referenceLength
  }
}
