/// What a target that is only watched tells besides the sums in its snapshot's counters, which are `streams`, `failed` and, where
/// `tellsBytes`, `bytesWire`. All other counters are 0 because nobody tells them.
public struct WatchFacts: Sendable, Equatable {
  /// One of the kinds that it counts its failures by.
  public struct Failure: Sendable, Equatable {
    public var name: String
    public var count: Int
    /// What it means and what to look at.
    public var advice: String

    public init(_ name: String, count: Int, advice: String) {
      self.name = name
      self.count = count
      self.advice = advice
    }
  }

  /// When it last told what is in the snapshot, in the snapshot's `elapsedSeconds`.
  public var toldAt: Double
  /// False while nothing comes: the snapshot is what it last told.
  public var isAnswering = true
  public var tellsBytes = true
  /// Streams that it takes at once; nil where it does not say.
  public var limit: Int?
  /// The most frequent first.
  public var failures: [Failure] = []

  public init(toldAt: Double) { self.toldAt = toldAt }
}

/// What a target tells of one stream besides its request id, its bytes and its age, which are in the record. Nothing else in the
/// detail of such a stream is known: not its status, its times, its heads or how it ended.
public struct WatchedStream: Sendable, Equatable {
  /// False when the target tells of it no more, or does not answer: then all of it is what it last told.
  public var isTold = true
  /// A second, between the last two tellings; nil where there is only one.
  public var bytesPerSecond: Double?
  /// What the target holds for it in its memory; nil where it does not say.
  public var heldBytes: Int64?
  /// Streams that failed since the target started: it counts them together.
  public var failed = 0

  public init() {}
}
