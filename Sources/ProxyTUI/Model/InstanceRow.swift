internal import LoadGen

/// Something that serves the run's requests: a proxy's process, or an environment of a Lambda function.
struct InstanceRow: Equatable, Sendable {
  var id: String
  /// `process` of what is no environment.
  var state: String
  /// Seconds since anything was heard of it; nil while it answers, and of what nobody asks.
  var quiet: Double?
  /// Requests that share it now.
  var active: Int
  /// How many it takes at once; nil when nobody says.
  var maximum: Int?
  var rssBytes: Int64
  var rssPeakBytes: Int64
  var limitBytes: Int64?
  /// Ended streams whose responses named it.
  var streams: Int
  /// Those of them that failed; of an environment what it says of itself where that is more.
  var failures: Int
  var restarts: Int?
  var pid: Int32?

  /// All that are known, environments first, in the order of their names.
  static func rows(_ snapshot: Snapshot) -> [InstanceRow] {
    var active: [String: Int] = [:]
    for lane in snapshot.lanes where lane.state != .idle && lane.state != .ended {
      if let name = lane.instance { active[name, default: 0] &+= 1 }
    }
    var rows = snapshot.memory.instances.map { id, use in
      row(id, use, active: active[id] ?? 0)
    }
    // Where there is one alone, what has no head yet is its own too. Of one that is not heard of, only what waits for long: to
    // begin with, streams at a process that was killed look alike, and end at once.
    if rows.count == 1, rows[0].isProcess {
      rows[0].active = rows[0].quiet == nil ? snapshot.active : snapshot.lanes.count(where: \.isWaitingLong)
    }
    rows.sort { ($0.isProcess ? 1 : 0, $0.id.utf8.count, $0.id) < ($1.isProcess ? 1 : 0, $1.id.utf8.count, $1.id) }
    if rows.isEmpty, let rss = snapshot.memory.rssBytes { rows = [target(snapshot, rss: rss)] }
    return rows
  }

  var isProcess: Bool { state == "process" }
  /// Seconds without a stream and without a new response after which nobody knows whether it is still there.
  private static let longestSilence = 3.0

  private static func row(_ id: String, _ use: TargetMemory.Instance, active: Int) -> InstanceRow {
    let environment = use.environment
    let isQuiet = active == 0 && environment == nil && use.ageSeconds ?? 0 > longestSilence
    return InstanceRow(
      id: id, state: environment?.state.rawValue ?? "process", quiet: isQuiet ? use.ageSeconds : nil,
      active: max(active, environment?.activeInvocations ?? 0),
      maximum: environment?.maximumInvocations, rssBytes: use.rssBytes, rssPeakBytes: use.rssPeakBytes,
      limitBytes: environment?.memoryLimitBytes, streams: max(use.streams, environment?.invocations ?? 0),
      failures: max(use.failed, environment?.failures ?? 0), restarts: environment?.restarts, pid: environment?.pid)
  }

  /// A target that names no instance, whose memory somebody told all the same.
  private static func target(_ snapshot: Snapshot, rss: Int64) -> InstanceRow {
    InstanceRow(
      id: snapshot.memory.source ?? "target", state: "process", active: snapshot.active, maximum: nil, rssBytes: rss,
      rssPeakBytes: snapshot.memory.rssPeakBytes ?? rss, limitBytes: nil, streams: snapshot.counters.streams,
      failures: snapshot.counters.failed, restarts: nil, pid: nil)
  }
}

extension LaneSnapshot {
  /// Connected, or held up on the way: nobody has refused it.
  fileprivate var isWaitingLong: Bool { state == .waiting && elapsedSeconds >= 1 }
}

extension InstanceRow: Listed {
  var words: [Field] { [.instance, .state] }

  func value(_ field: Field) -> FieldValue? {
    switch field {
    case .instance: .text(id)
    case .state: .text(state)
    case .active: .number(Double(active))
    case .limit: limitBytes.map { .number(Double($0)) }
    case .rss, .memory: .number(Double(rssBytes))
    case .peak: .number(Double(rssPeakBytes))
    case .streams: .number(Double(streams))
    case .failed: .number(Double(failures))
    case .restarts: restarts.map { .number(Double($0)) }
    case .pid: pid.map { .number(Double($0)) }
    default: nil
    }
  }
}

extension FailureBook.Kind: Listed {
  var words: [Field] { [.kind, .text] }

  func value(_ field: Field) -> FieldValue? {
    switch field {
    case .kind, .cause: .text(name)
    case .count: .number(Double(count))
    case .rate: .number(rate)
    case .first: first.map { .number($0) }
    case .last: last.map { .number($0) }
    case .text: advice.map { .text($0) }
    default: nil
    }
  }
}

extension EventLog.Entry: Listed {
  var words: [Field] { [.kind, .text, .stream] }

  func value(_ field: Field) -> FieldValue? {
    switch field {
    case .time: .number(time)
    case .kind: .text(kind.rawValue)
    case .text: .text(text)
    case .stream: stream.map { .number(Double($0)) }
    case .lane: lane.map { .number(Double($0)) }
    default: nil
    }
  }
}
