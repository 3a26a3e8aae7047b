public import ToolSupport

/// A recorded run that can be shown at any of its moments: played on, stepped through, sought.
///
/// Going back, or far ahead, is a search in the file and ten seconds of reading: every ten seconds a record says what all lanes
/// do. Nothing is kept of what was read, so that the size of a record does not matter.
public final class ReplayTimeline {
  /// Microseconds between two such views in a record (`RunRecorder`), and what a view may lag behind.
  static let viewInterval: Int64 = 10_000_000
  private static let slack: Int64 = 500_000

  public let header: RecordHeader
  /// When the last event happened, in microseconds.
  public let duration: Int64
  /// What is shown, in microseconds since the run's start.
  public private(set) var position: Int64 = 0
  public private(set) var state = RecordState()
  private let reader: RecordReader
  /// Read, and later than `position`.
  private var upcoming: RecordEvent?

  /// - Throws: `usage`, see `RecordReader`.
  public init(path: String) throws(ToolFailure) {
    reader = try RecordReader(path: path)
    header = reader.header
    duration = reader.duration
  }

  /// Lines that could not be read so far.
  public var damagedLines: Int { reader.damagedLines }

  /// Everything that is known has been shown.
  public var isAtEnd: Bool { peek() == nil }

  /// Shows the run at `time`, clamped to what was recorded.
  public func seek(to time: Int64) {
    let time = min(max(0, time), duration)
    if time < position || time &- position > Self.viewInterval &+ Self.slack {
      let start = time &- Self.viewInterval &- Self.slack
      reader.seek(before: start)
      upcoming = nil
      state = RecordState(isWhole: start <= 0)
    }
    position = time
    while let event = peek(), event.time <= time { take(event) }
  }

  /// Plays on by so many microseconds.
  public func advance(by step: Int64) { seek(to: position.saturatingAdd(max(0, step))) }

  /// Goes to the next event; nil at the end.
  public func step() -> RecordEvent? {
    guard let event = peek() else { return nil }
    take(event)
    position = max(position, event.time)
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
