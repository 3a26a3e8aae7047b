/// What the hub's thread works with: puts events in order, writes each as a line once, and hands it to every consumer.
struct HubDesk {
  private let consumers: [any EventConsumer]
  private let header: @Sendable (Double) -> RecordHeader
  private let encoder: RecordEncoder
  private let line = LineBuffer(capacity: 4096)
  /// Whether anybody does; a record may be switched on and off between two moments.
  private var wantsLines: Bool
  private(set) var missingEnds = 0
  private var missingEvents = 0

  /// Where an event is, and when it happened.
  private struct Key {
    var time: Int64
    var batch: Int32
    var index: Int32
  }

  /// - Parameter header: the first line, from the moment of the start in seconds since 1970.
  init(targets: [String], consumers: sending [any EventConsumer], header: @escaping @Sendable (Double) -> RecordHeader)
  {
    self.consumers = consumers
    self.header = header
    encoder = RecordEncoder(targets: targets)
    wantsLines = consumers.contains { $0.wantsLines }
  }

  func begin(startedAt: Double) {
    line.removeAll()
    encoder.header(header(startedAt), into: line)
    for consumer in consumers { consumer.begin(line.bytes) }
  }

  mutating func handOut(_ contents: [EventOutbox.Contents], now: Int64) {
    wantsLines = consumers.contains { $0.wantsLines }
    tellLosses(contents, now: now)
    let batches = contents.flatMap(\.batches)
    var keys: [Key] = []
    keys.reserveCapacity(batches.reduce(0) { $0 &+ $1.count })
    for (number, batch) in batches.enumerated() {
      for index in batch.indices {
        keys.append(Key(time: batch[index].time, batch: Int32(clamping: number), index: Int32(clamping: index)))
      }
    }
    // By place where times are equal: events of one lane keep their order.
    keys.sort { ($0.time, $0.batch, $0.index) < ($1.time, $1.batch, $1.index) }
    for key in keys { handOut(batches[Int(key.batch)][Int(key.index)]) }
    for consumer in consumers { consumer.settle(now: now) }
  }

  mutating func finish(_ final: RecordFinal?) {
    wantsLines = consumers.contains { $0.wantsLines }
    if let final { handOut(.final(final)) }
    for consumer in consumers { consumer.finish() }
  }

  /// For the report: a list of streams that misses some must not look whole.
  func notes() -> [String] {
    guard missingEvents > 0 else { return [] }
    return [
      "the outputs of single streams were slower than the load: \(missingEnds) streams are missing in them"
        + " (\(missingEvents) events); totals and percentiles have all of them"
    ]
  }

  private mutating func tellLosses(_ contents: [EventOutbox.Contents], now: Int64) {
    let ends = contents.reduce(0) { $0 &+ $1.droppedEnds }
    let events = contents.reduce(0) { $0 &+ $1.droppedEvents }
    guard events > 0 else { return }
    missingEnds &+= ends
    missingEvents &+= events
    handOut(.gap(RecordGap(at: now, ends: ends, events: events)))
  }

  private func handOut(_ event: RecordEvent) {
    line.removeAll()
    if wantsLines { encoder.encode(event, into: line) }
    for consumer in consumers { consumer.take(event, line: line.bytes) }
  }
}
