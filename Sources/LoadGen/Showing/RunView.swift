/// A run as a dashboard sees it at one moment: a value.
public struct RunView: Sendable {
  public var snapshot: Snapshot
  /// What happened to single streams since the last view, in order; at most `eventLimit`.
  public var events: [RecordEvent] = []
  /// So many more happened, and are not in `events`.
  public var missedEvents = 0
  /// The view does not follow the last one: somebody went back or far ahead in a record, or statistics were reset. What was folded
  /// from events begins anew with this view's.
  public var isRestart = false
  /// Times of the streams so far, renewed once a second; nil where nobody knows them.
  public var latency: RunLatency?
  /// Of the stream in focus.
  public var detail: StreamDetail?
  /// What came of commands.
  public var replies: [RunReply] = []
  /// URLs of the targets, by the index that streams name. A new fault may add some.
  public var targets: [String] = []
  /// Arrivals a second that are planned now; nil in a closed model.
  public var rate: Double?
  public var validation: ValidationMode?
  /// Which answers do not count as failed, where the source knows better than whoever began to look.
  public var expectedStatuses: [ClosedRange<Int>]?
  public var fault: LabFault?
  /// How the lab's gzproxy moves bodies; nil where there is none that can be switched.
  public var relay: LabRelay?
  /// The file that the record goes to now.
  public var record: String?
  /// Of a recorded run.
  public var playback: PlaybackState?
  /// What keeps the source from knowing more: `connecting to 127.0.0.1:9464`, `the run it showed is over`.
  public var status: String?

  /// The run is somewhere else and nobody tells of it any more: everything here is of the past.
  public var isLost = false

  public static let eventLimit = 65_536

  public init(snapshot: Snapshot) { self.snapshot = snapshot }
}

/// Where a recorded run is being shown. Times in microseconds.
public struct PlaybackState: Sendable, Equatable {
  public var position: Int64
  public var duration: Int64
  public var isPlaying: Bool
  /// Times as fast as it happened.
  public var speed: Double

  public init(position: Int64, duration: Int64, isPlaying: Bool, speed: Double) {
    self.position = position
    self.duration = duration
    self.isPlaying = isPlaying
    self.speed = speed
  }
}

/// What came of a command, in one line for a person.
public struct RunReply: Sendable, Equatable {
  public var text: String
  public var isFailure: Bool

  public init(_ text: String, isFailure: Bool = false) {
    self.text = text
    self.isFailure = isFailure
  }
}
