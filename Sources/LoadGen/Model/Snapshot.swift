/// The whole run at one moment: a value, made by copying what the loop threads last published (at most 100 ms old).
public struct Snapshot: Sendable {
  public enum Phase: String, Sendable {
    /// Before the moment that `--start-at` gave.
    case waiting
    /// Streams run, and none of them counts.
    case warmingUp
    case running
    case paused
    /// No new streams; running ones may end until the grace period is over.
    case draining
    case finished
  }

  public var phase: Phase = .running
  /// Of the plan's own clock: 0 until the warm-up is over.
  public var elapsedSeconds: Double = 0
  /// How often a person has reset the statistics. What is counted here begins with the last reset; `elapsedSeconds` does not.
  public var resets = 0
  /// `elapsedSeconds` at that moment; 0 without one.
  public var countedFromSeconds: Double = 0
  /// While waiting or warming up: how long it lasts yet.
  public var secondsToStart: Double?
  /// Lanes wanted now (`+` and `-` change it).
  public var concurrency = 0
  /// What `setConcurrency` grants at most: the limit of open files.
  public var maximumConcurrency = Int.max
  /// Streams in flight.
  public var active = 0
  /// Of an open model: arrivals that are due and wait for a free lane. 0 in a closed one, and once no more streams begin.
  public var queued = 0
  public var counters = Counters()
  /// One for each lane that has ever run, by lane number; empty where the plan does not ask for them.
  public var lanes: [LaneSnapshot] = []
  public var memory = TargetMemory()
  public var client = ClientUse()
  /// What a person should know at once: a part of the lab that ended.
  public var notices: [String] = []
  /// Of a target that is only watched; nil where the streams were measured.
  public var watch: WatchFacts?
  /// Of streams ended until about a second ago; nil unless the plan asks for them.
  public var distributions: Distributions?
  /// Of the distributions: another one where they may be others.
  var distributionsVersion = 0

  /// How long what is counted has been counted.
  public var countedSeconds: Double { max(0, elapsedSeconds - countedFromSeconds) }

  public init() {}
}

/// What the tester itself used.
public struct ClientUse: Sendable, Equatable {
  public var cpuSeconds: Double = 0
  /// Share of wall time that the busiest loop thread spent working: near 1, the tester is the limit, not the target.
  public var busyFraction: Double = 0
  /// The same over the last second or so.
  public var busyNow: Double = 0
  public var rssPeakBytes: Int64 = 0
  public var threads = 0
  public init() {}
}
