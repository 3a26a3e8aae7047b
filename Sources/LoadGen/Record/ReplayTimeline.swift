public import ToolSupport

/// A recorded run that can be shown at any of its moments: played on, stepped through, sought.
///
/// Going somewhere is two things, so that a large record does not hold up who looks at it: `aim` says where to, `approach` reads
/// for as long as it may. A record of at most `exactLimit` bytes is read anew from its beginning where somebody goes back, so that
/// every moment has its exact counts. In a larger one going back, or far ahead, is a search in the file and ten seconds of
/// reading: every ten seconds a record says what all lanes do. Nothing is kept of what was read.
public final class ReplayTimeline {
  /// Microseconds between two such views in a record (`RunRecorder`), and what a view may lag behind.
  static let viewInterval: Int64 = 10_000_000
  private static let slack: Int64 = 500_000
  /// Bytes that are read in about half a second.
  public static let exactLimit: Int64 = 8 << 20

  public let header: RecordHeader
  /// What is shown, in microseconds since the run's start.
  public private(set) var position: Int64 = 0
  /// When the record begins: later than its run where it was switched on while that went on.
  public let beginning: Int64
  public private(set) var state: RecordState
  /// Where `approach` goes.
  private(set) var goal: Int64 = 0
  private let reader: RecordReader
  private let exactLimit: Int64
  /// Read, and later than `position`.
  private var upcoming: RecordEvent?
  private var damagedBefore = 0

  /// - Throws: `usage`, see `RecordReader`.
  public init(path: String, exactLimit: Int64 = ReplayTimeline.exactLimit) throws(ToolFailure) {
    reader = try RecordReader(path: path)
    header = reader.header
    state = RecordState(correctsLatency: header.correctsLatency)
    self.exactLimit = exactLimit
    upcoming = reader.next()
    beginning = if case .gap(let gap)? = upcoming { min(max(0, gap.at), reader.duration) } else { 0 }
    (position, goal) = (beginning, beginning)
  }

  /// When the last event happened, in microseconds.
  public var duration: Int64 { reader.duration }

  /// Lines that could not be read, at most so far: what is read twice may be counted once.
  public var damagedLines: Int { max(damagedBefore, reader.damagedLines) }

  /// Everything that is known has been shown.
  public var isAtEnd: Bool { peek() == nil && !reader.isInterrupted }

  /// A lane whose arrivals are kept from now on, whatever its number.
  func follow(_ lane: Int?) { state.followed = lane }

  /// Looks whether the record has grown.
  func refresh() -> Bool { reader.refresh() }

  /// Shows the run at `time`, clamped to what was recorded; returns when all of it was read.
  public func seek(to time: Int64) {
    aim(at: time)
    while !approach() {}
  }

  /// Plays on by so many microseconds.
  public func advance(by step: Int64) { seek(to: position.saturatingAdd(max(0, step))) }

  /// Turns to `time`, clamped to what was recorded. What lies before it is still to be read.
  ///
  /// - Returns: whether what was folded is forgotten, because it was later, or far before.
  @discardableResult
  func aim(at time: Int64) -> Bool {
    goal = min(max(beginning, time), duration)
    let isExact = reader.size <= exactLimit
    guard goal < position || (!isExact && goal &- position > Self.viewInterval &+ Self.slack) else { return false }
    let start = isExact ? 0 : max(0, goal &- Self.viewInterval &- Self.slack)
    damagedBefore = damagedLines
    reader.seek(before: start)
    upcoming = nil
    let followed = state.followed
    state = RecordState(isWhole: start <= 0, correctsLatency: header.correctsLatency)
    state.followed = followed
    position = max(start, beginning)
    return true
  }

  /// Turns to a later moment; nothing in between is left out.
  func play(to time: Int64) { goal = max(position, min(time, duration)) }

  /// Reads on to where it was turned to.
  ///
  /// - Parameter goesOn: told every event when it has happened; false ends the reading there.
  /// - Returns: whether the goal is reached.
  @discardableResult
  func approach(_ goesOn: (RecordEvent) -> Bool = { _ in true }) -> Bool {
    while let event = peek(), event.time <= goal {
      take(event)
      position = max(position, event.time)
      guard goesOn(event) else { return false }
    }
    // Nothing to be shown in a long stretch of the file: the rest is read another time.
    guard upcoming != nil || !reader.isInterrupted else { return false }
    position = max(position, goal)
    return true
  }

  /// Goes to the next event; nil at the end.
  public func step() -> RecordEvent? {
    var next = peek()
    while next == nil, reader.isInterrupted { next = peek() }
    guard let event = next else { return nil }
    take(event)
    position = max(position, event.time)
    goal = position
    return event
  }

  public func snapshot() -> Snapshot { state.snapshot(at: position) }

  private func peek() -> RecordEvent? {
    if upcoming == nil { upcoming = reader.next() }
    return upcoming
  }

  private func take(_ event: RecordEvent) {
    upcoming = nil
    state.apply(event)
  }
}
