internal import Synchronization
public import ToolSupport

/// `--replay FILE`: a record as if it happened now. It plays at once, as fast as it happened.
///
/// A view reads for at most `readingTime`. Where that is not enough, because somebody went far or plays fast, the views show how
/// far reading has come; nothing is left out, and time waits for it.
public final class ReplaySource: ShownRun {
  /// Nanoseconds of reading for a view: keys are answered within a tenth of a second.
  public static let readingTime: Int64 = 40_000_000

  public let abilities: RunAbilities = [.playback, .streams]
  public let title: String
  public let facts: String
  private let deck: Mutex<ReplayDeck>

  /// - Throws: `usage`, one line: no such file, no record, another schema.
  public convenience init(path: String) throws(ToolFailure) {
    try self.init(path: path, clock: { MonotonicClock.now() })
  }

  /// - Parameters:
  ///   - readingTime: nanoseconds; of a clock of its own, and never less than some events' worth.
  ///   - clock: nanoseconds; what a second of playing is measured by.
  init(
    path: String, exactLimit: Int64 = ReplayTimeline.exactLimit, readingTime: Int64 = ReplaySource.readingTime,
    clock: @escaping @Sendable () -> Int64
  ) throws(ToolFailure) {
    let timeline = try ReplayTimeline(path: path, exactLimit: exactLimit)
    title = "replay of \(OptionText.shown(path))"
    facts = timeline.header.facts
    deck = Mutex(ReplayDeck(timeline: timeline, readingTime: readingTime, clock: clock))
  }

  public func view(of focus: RunFocus?) -> RunView { deck.withLock { $0.view(of: focus) } }

  public func perform(_ command: RunCommand) { deck.withLock { $0.perform(command) } }

  public func summary() -> String {
    deck.withLock { deck in
      let timeline = deck.timeline
      var summary = ShownSummary(title: title, snapshot: timeline.snapshot(), evidence: timeline.state.evidence)
      summary.facts = facts
      summary.accepted = timeline.header.expectedStatuses
      summary.final = timeline.state.final
      if timeline.state.final == nil {
        summary.remark =
          "shown up to \(HumanText.duration(Double(timeline.position) / 1e6))"
          + " of \(HumanText.duration(Double(timeline.duration) / 1e6)); what follows counts until there"
      }
      return summary.text()
    }
  }

  public func close() {}
}

extension RecordHeader {
  /// What was run, for a line on the screen; without the lanes, which are told beside it.
  var facts: String {
    var parts: [String] = []
    if let streams { parts.append("\(HumanText.grouped(streams)) \(streams == 1 ? "stream" : "streams")") }
    if let duration { parts.append("for \(HumanText.duration(Double(duration) / 1e6))") }
    parts.append("validate \(OptionText.shown(validate))")
    if !startedAt.isEmpty { parts.append("of \(OptionText.shown(startedAt))") }
    return parts.joined(separator: ", ")
  }
}
