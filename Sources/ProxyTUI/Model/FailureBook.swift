internal import LoadGen

/// Everything that has gone wrong, by kind: how often, how often lately, since when and until when, with the proof and the advice.
///
/// The counts are the counters', so that every failed stream is in them, whatever became of its event; times are those of the
/// views that showed the counts rise, to a tenth of a second.
struct FailureBook: Sendable {
  /// Pieces of evidence that are kept for a kind.
  static let evidencePerKind = 3
  /// Kinds that are told apart: statuses and causes have names of their own, expectations those that a person gave them.
  static let limit = 200
  /// Who looks from so many seconds on has seen all of it.
  private static let beginning = 1.0
  /// That a rate is of.
  private static let windowSeconds = 10.0

  struct Kind: Sendable, Equatable {
    /// As counters name it: `502 length_and_chunked`, `truncated`, `missed length`.
    var name: String
    var count = 0
    /// Seconds of the run; nil where it was before anybody looked.
    var first: Double?
    /// As `first`.
    var last: Double?
    var evidence: [Evidence] = []
    /// Of a kind that a watched target counts.
    var meaning: String?
    /// Counts at the last half seconds, the latest at the end.
    fileprivate var marks: [Mark] = []

    /// A second of the run, over the last ten that were looked at.
    var rate: Double {
      guard let oldest = marks.first, let latest = marks.last, latest.at > oldest.at else { return 0 }
      return Double(max(0, latest.count &- oldest.count)) / (latest.at - oldest.at)
    }

    var advice: String? { evidence.first?.advice ?? meaning ?? FailureMeaning.text(kind: name) }
  }

  fileprivate struct Mark: Sendable, Equatable {
    /// Seconds of the run.
    var at: Double
    var count: Int
  }

  /// The most frequent first.
  private(set) var kinds: [Kind] = []
  /// Whether a view was taken: what is there at the first one, in the middle of a run, may have begun at any time.
  private var hasBegun = false
  /// Seconds of the run: of the last marks.
  private var markedAt = 0.0
  /// What events told of kinds that no view has counted yet.
  private var told: [String: ToldFailures] = [:]
  /// Evidence that came before its stream was counted.
  private var early: [String: [Evidence]] = [:]

  /// - Parameters:
  ///   - counted: every kind with how often it was counted until now.
  ///   - isLate: it was counted before anybody looked, however early this is.
  mutating func take(_ counted: [FailureCount], at seconds: Double, isLate: Bool = false) {
    // Nothing is told yet by whom one is about to join.
    guard seconds > 0 else { return }
    let isKnown = hasBegun || seconds < Self.beginning && !isLate
    hasBegun = true
    for kind in counted {
      let (name, count) = (kind.name, kind.count)
      if let index = kinds.firstIndex(where: { $0.name == name }) {
        guard count != kinds[index].count else { continue }
        if count > kinds[index].count { kinds[index].last = seconds }
        kinds[index].count = count
      } else if kinds.count < Self.limit {
        var kind = Kind(name: name, count: count, first: isKnown ? seconds : nil, last: isKnown ? seconds : nil)
        kind.marks = [isKnown ? Mark(at: markedAt, count: 0) : Mark(at: seconds, count: count)]
        // Somebody went ahead in a record, and passed by every one of them.
        if let told = told.removeValue(forKey: name), told.count >= count {
          (kind.first, kind.last) = (told.first, told.last)
          let start = max(0, seconds - Self.windowSeconds)
          kind.marks = [Mark(at: start, count: told.count(before: start)), Mark(at: seconds, count: count)]
        }
        kind.evidence = (early.removeValue(forKey: name) ?? []).sorted { $0.stream < $1.stream }
        kinds.append(kind)
      }
    }
  }

  /// A stream that failed so ended. Once its kind is counted nothing is done.
  mutating func note(_ name: String, at seconds: Double) {
    guard told[name] != nil || told.count < Self.limit, !kinds.contains(where: { $0.name == name }) else { return }
    told[name, default: ToldFailures(first: seconds)].add(at: seconds)
  }

  /// What a watched target's kinds mean.
  mutating func explain(_ failures: [WatchFacts.Failure]) {
    for index in kinds.indices where kinds[index].meaning == nil {
      kinds[index].meaning = failures.first { $0.name == kinds[index].name }?.advice
    }
  }

  /// Twice a second.
  mutating func mark(at seconds: Double) {
    markedAt = seconds
    for index in kinds.indices {
      guard let last = kinds[index].marks.last, seconds > last.at else { continue }
      kinds[index].marks.append(Mark(at: seconds, count: kinds[index].count))
      // One of before stays, for what came since.
      while kinds[index].marks.count > 2, kinds[index].marks[1].at <= seconds - Self.windowSeconds {
        kinds[index].marks.removeFirst()
      }
    }
    kinds.sort { ($1.count, $0.name) < ($0.count, $1.name) }
  }

  mutating func take(_ evidence: Evidence) {
    let name = Self.kind(of: evidence)
    if let index = kinds.firstIndex(where: { $0.name == name }) {
      guard kinds[index].evidence.count < Self.evidencePerKind else { return }
      kinds[index].evidence.append(evidence)
      kinds[index].evidence.sort { $0.stream < $1.stream }
    } else if early.count < Self.limit {
      if early[name, default: []].count < Self.evidencePerKind { early[name, default: []].append(evidence) }
    }
  }

  mutating func removeAll() { self = FailureBook() }

  func evidence(stream: Int) -> Evidence? {
    for kind in kinds { if let piece = kind.evidence.first(where: { $0.stream == stream }) { return piece } }
    return nil
  }

  /// What is left of a stream that everybody else has forgotten: what its proof tells.
  func record(stream: Int, lane: Int) -> StreamRecord? {
    guard let piece = evidence(stream: stream) else { return nil }
    var record = StreamRecord()
    (record.stream, record.lane, record.url, record.status) = (stream, lane, piece.url, piece.status)
    (record.result, record.reason, record.cause) = (.failed, piece.outcome, piece.cause)
    record.transport = TransportOutcome(rawValue: piece.outcome) ?? .complete
    record.verdict = Verdict(rawValue: piece.outcome) ?? .unchecked
    return record
  }

  /// What counters call the failure that a piece of evidence is of.
  static func kind(of evidence: Evidence) -> String {
    if let cause = evidence.cause, evidence.outcome.hasPrefix("status ") {
      return "\(evidence.status) \(cause.rawValue)"
    }
    return kind(reason: evidence.outcome)
  }

  /// The same of a stream.
  static func kind(of record: StreamRecord) -> String { kind(reason: record.shortCause) }

  private static func kind(reason: String) -> String {
    let expectation = "expectation "
    return reason.hasPrefix(expectation) ? "missed " + reason.dropFirst(expectation.count) : reason
  }
}
