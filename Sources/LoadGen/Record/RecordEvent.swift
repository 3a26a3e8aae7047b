/// One thing that happened in a run, as the record tells it (`Docs/record.md`). Times are microseconds since the run's start.
///
/// Loop threads make the first six, the run's observer the others. A stream that begins and ends between two reports of its
/// thread (100 ms) is told by its `end` alone: everything the events before it would have said is in there too.
public enum RecordEvent: Sendable, Equatable {
  /// A stream that was seen running.
  case begin(StreamBegin)
  /// Its final head was complete.
  case head(StreamHead)
  /// Its first body byte came.
  case firstByte(at: Int64, stream: Int, lane: Int)
  /// How far the running streams of one thread had come.
  case progress(StreamProgress)
  case end(StreamRecord)
  /// The proof kept of a failed stream.
  case evidence(at: Int64, Evidence)
  /// The whole run, once a second.
  case sample(RecordSample)
  /// What every lane does: what a reader that joins or has missed something goes on from.
  case lanes(at: Int64, [LaneSnapshot])
  /// What a person should know at once.
  case notice(at: Int64, String)
  /// A person had everything counted from zero: what ended before counts no more, streams in flight will count whole.
  case reset(at: Int64)
  /// Events that are missing here, because whoever writes or reads them was slower than the load.
  case gap(RecordGap)
  /// From here on only samples, failures and what they need: the record has reached its size.
  case limit(at: Int64, bytes: Int64)
  case final(RecordFinal)

  /// When it happened.
  public var time: Int64 {
    switch self {
    case .begin(let begin): begin.at
    case .head(let head): head.at
    case .firstByte(let at, _, _), .evidence(let at, _), .lanes(let at, _), .notice(let at, _), .limit(let at, _),
      .reset(let at):
      at
    case .progress(let progress): progress.at
    case .end(let record): record.endedAt
    case .sample(let sample): sample.at
    case .gap(let gap): gap.at
    case .final(let final): final.sample.at
    }
  }

  /// Whether a record that has reached its size still takes it.
  var isEssential: Bool {
    switch self {
    case .begin, .head, .firstByte, .progress, .lanes: false
    case .end(let record): record.result == .failed
    case .evidence, .sample, .notice, .reset, .gap, .limit, .final: true
    }
  }
}

public struct StreamBegin: Sendable, Equatable {
  public var at: Int64
  /// Number of the stream in the plan, from 1.
  public var stream: Int
  public var lane: Int
  /// Index into the plan's targets.
  public var target: Int
  /// Where it differs from its target's, as that of a template does.
  public var url: String?
  /// In an open model, when it should have begun.
  public var plannedAt: Int64?
  public var isWarmUp = false

  public init(at: Int64, stream: Int, lane: Int, target: Int) {
    self.at = at
    self.stream = stream
    self.lane = lane
    self.target = target
  }
}

public struct StreamHead: Sendable, Equatable {
  public var at: Int64
  public var stream: Int
  public var lane: Int
  public var status: Int
  public var protocolName: String
  public var expectedBytes: Int64?
  public var instance: String?
  public var requestID: String?

  public init(at: Int64, stream: Int, lane: Int, status: Int, protocolName: String) {
    self.at = at
    self.stream = stream
    self.lane = lane
    self.status = status
    self.protocolName = protocolName
  }
}

public struct StreamProgress: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var lane: Int
    /// Body bytes of its stream so far.
    public var bytes: Int64
    /// Longest silence inside the body so far, in microseconds.
    public var longestGap: Int64

    public init(lane: Int, bytes: Int64, longestGap: Int64) {
      self.lane = lane
      self.bytes = bytes
      self.longestGap = longestGap
    }
  }

  public var at: Int64
  /// Of streams whose bytes have changed since they were last told of.
  public var entries: [Entry]

  public init(at: Int64, entries: [Entry] = []) {
    self.at = at
    self.entries = entries
  }
}

public struct RecordGap: Sendable, Equatable {
  public var at: Int64
  /// Ended streams that are missing; nil where the lines were not looked into.
  public var ends: Int?
  /// Events that are missing, those included.
  public var events: Int

  public init(at: Int64, ends: Int?, events: Int) {
    self.at = at
    self.ends = ends
    self.events = events
  }
}
