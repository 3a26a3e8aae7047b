internal import LoadGen

/// A row of the stream table: a lane with what it carries or carried last, or one stream that has ended.
struct StreamRow: Sendable {
  /// What the row is, whatever moves around it.
  enum Key: Hashable, Sendable {
    case lane(Int)
    case stream(Int)
  }

  var key: Key
  /// Of an ended stream, made from its record.
  var lane: LaneSnapshot
  /// A failure that nobody has acknowledged.
  var isPinned: Bool
  /// Of the target; empty where it is not known.
  var url: String
  var memory: Int64?
  var rate: Double

  /// One stream, and not a lane with all that it has carried.
  var isSingle: Bool {
    if case .stream = key { true } else { false }
  }

  var state: LaneState { LaneState(lane) }
}

extension StreamRow: Listed {
  var words: [Field] { [.lane, .stream, .state, .status, .verdict, .transport, .cause, .instance, .request, .url] }

  func value(_ field: Field) -> FieldValue? {
    switch field {
    case .lane: .number(Double(lane.lane))
    case .stream: lane.stream > 0 ? .number(Double(lane.stream)) : nil
    case .url: url.isEmpty ? nil : .text(url)
    case .state: .text(state.word)
    case .status: lane.status > 0 ? .number(Double(lane.status)) : nil
    case .proto: lane.protocolName.isEmpty ? nil : .text(lane.protocolName)
    case .bytes: .number(Double(lane.bytes))
    case .decoded: .number(Double(lane.bytesDecoded))
    case .rate: .number(rate)
    case .ttfb: lane.ttfbSeconds.map { .number($0) }
    case .gap: lane.longestGapSeconds.map { .number($0) }
    case .age: .number(lane.elapsedSeconds)
    case .memory: memory.map { .number(Double($0)) }
    case .verdict: (lane.verdict ?? lane.lastVerdict).map { .text($0.rawValue) }
    case .transport: lane.transport.map { .text($0.rawValue) }
    case .cause: lane.lastCause.map { .text($0) }
    case .instance: lane.instance.map { .text($0) }
    case .request: lane.requestID.map { .text($0) }
    case .streams: .number(Double(lane.streams))
    case .failed: .number(Double(lane.failed))
    case .invalid: .number(Double(lane.invalid))
    default: nil
    }
  }
}

extension LaneSnapshot {
  /// An ended stream as the table shows it.
  init(_ record: StreamRecord) {
    self.init(lane: record.lane)
    state = .ended
    stream = record.stream
    target = record.target
    requestID = record.requestID
    instance = record.instance
    status = record.status
    protocolName = record.protocolName
    bytes = record.bytesWire
    bytesDecoded = record.bytesDecoded
    expectedBytes = record.expectedBytes
    elapsedSeconds = Double(max(0, record.endedAt &- record.startedAt)) / 1e6
    bytesPerSecond = elapsedSeconds > 0 ? Double(bytes) / elapsedSeconds : 0
    ttfbSeconds = record.ttfb.map { Double($0) / 1e6 }
    longestGapSeconds = record.gapMax.map { Double($0) / 1e6 }
    verdict = record.verdict
    lastVerdict = record.verdict
    transport = record.transport
    result = record.result
    streams = 1
    failed = record.result == .failed ? 1 : 0
    badGateways = record.status == 502 ? 1 : 0
    invalid = record.verdict.isInvalid ? 1 : 0
    lastCause = record.result == .failed ? record.shortCause : nil
  }
}
