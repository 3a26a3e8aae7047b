internal import Synchronization
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The record that a person switches on and off while the run goes on. Always among the hub's consumers; without a file it wants
/// nothing.
///
/// A file begins with the header, a `gap` for what was before, a `sample` and `lanes`, as the feed greets whoever joins, and ends
/// with them and a `notice`, or with the run's `final`. Both are written between two moments of the hub, so that a file has
/// whole moments.
final class LateRecord: EventConsumer, Sendable {
  private struct Open {
    let file: RecordFile
    let output: OutputFile
    let outcome: OutputOutcome
    let path: String
    /// The first lines are written.
    var hasBegun = false
    /// The first view of the lanes may have been newer than the first event: there is another one, at this moment.
    var secondViewAt: Int64?
    var streams = 0
  }

  /// What is written, by the hub's thread. Held while it writes, so the screen's thread stays away from it.
  private struct State {
    var header: [UInt8] = []
    var open: Open?
    var isOver = false
  }

  /// What the screen's thread asks and wishes; held for an instant only.
  private struct Wishes {
    /// There is a header, and the run is not over.
    var isPossible = false
    /// Of the file that is being made or written.
    var path: String?
    var isEnding = false
    var told: [RunReply] = []
  }

  private static let secondView: Int64 = 250_000

  private let snapshot: @Sendable () -> Snapshot?
  private let limit: Int64
  private let state = Mutex(State())
  /// Taken inside of `state`, never around it.
  private let wishes = Mutex(Wishes())

  /// - Parameters:
  ///   - limit: bytes of a file, as `--record-limit`.
  ///   - snapshot: of the run, now; nil before it has begun.
  init(limit: Int64, snapshot: @escaping @Sendable () -> Snapshot?) {
    self.limit = limit
    self.snapshot = snapshot
  }

  // MARK: For the desk

  /// The file that is being written; nil when none is.
  var path: String? { wishes.withLock { $0.path } }

  /// Makes the file; its first lines come with the hub's next moment.
  ///
  /// - Throws: `usage`, one line: another one is being written, the run is over, the file cannot be made.
  func begin(_ path: String) throws(ToolFailure) {
    try Self.refuseDevice(path)
    let refusal: String? = wishes.withLock { wishes in
      guard wishes.isPossible else { return "no run is going on" }
      if let written = wishes.path { return "a record is being written already: \(OptionText.shown(written))" }
      (wishes.path, wishes.isEnding) = (path, false)
      return nil
    }
    if let refusal { throw .usage(refusal) }
    do {
      try open(path)
    } catch {
      wishes.withLock { $0.path = nil }
      throw error
    }
  }

  private func open(_ path: String) throws(ToolFailure) {
    let made = state.withLock { state in
      Result { () throws(ToolFailure) in
        let outcome = OutputOutcome()
        let output = try OutputFile(file: path, option: "record", outcome: outcome)
        state.open = Open(file: RecordFile(output: output, limit: limit), output: output, outcome: outcome, path: path)
        if state.isOver { close(&state) }
      }
    }
    try made.get()
  }

  /// The file ends with the hub's next moment. False when none is being written.
  func end() -> Bool {
    wishes.withLock { wishes in
      guard wishes.path != nil else { return false }
      wishes.isEnding = true
      return true
    }
  }

  /// What has become of files since the last call, as lines for a person.
  func replies() -> [RunReply] {
    wishes.withLock { wishes in
      defer { wishes.told = [] }
      return wishes.told
    }
  }

  /// A reader of a pipe may never come, and the hub would wait for it.
  private static func refuseDevice(_ path: String) throws(ToolFailure) {
    var facts = stat()
    guard stat(path, &facts) == 0, facts.st_mode & S_IFMT != S_IFREG else { return }
    let kind = facts.st_mode & S_IFMT == S_IFDIR ? "is a directory; name a file in it" : "is no file"
    throw .usage("record \(OptionText.shown(path)): \(kind)")
  }

  // MARK: For the hub

  var wantsLines: Bool { state.withLock { $0.open?.hasBegun ?? false } }

  func begin(_ header: UnsafeRawBufferPointer) {
    state.withLock { $0.header = Array(header) }
    wishes.withLock { $0.isPossible = !header.isEmpty }
  }

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    // Without a line it was switched on after the desk had asked who wants lines.
    guard !line.isEmpty, wantsLines else { return }
    let line = Array(line)
    state.withLock { state in
      guard let open = state.open else { return }
      Self.take(event, line, into: open)
      if case .end = event { state.open?.streams &+= 1 }
    }
  }

  private static func take(_ event: RecordEvent, _ line: [UInt8], into open: Open) {
    line.withUnsafeBytes { open.file.take(event, line: $0) }
  }

  func settle(now: Int64) {
    let isEnding = wishes.withLock { $0.isEnding }
    guard let due = state.withLock({ $0.open.map { isEnding || Self.needsView($0, now) } }) else { return }
    // Not under the lock: a snapshot takes those of the loop threads.
    let view = due ? snapshot() : nil
    state.withLock { state in
      guard var open = state.open else { return }
      if !open.hasBegun, let view {
        Self.begin(open, header: state.header, view)
        open.hasBegun = true
        open.secondViewAt = now.saturatingAdd(Self.secondView)
      } else if let due = open.secondViewAt, due <= now, let view {
        Self.write(view, to: open)
        open.secondViewAt = nil
      }
      state.open = open
      if isEnding, let view { Self.end(open, view) } else { open.file.settle(now: now) }
      // Without a view the wish came after this moment had been looked at: the next one ends it.
      if (isEnding && view != nil) || open.outcome.failure != nil { close(&state) }
    }
  }

  func finish() {
    wishes.withLock { $0.isPossible = false }
    state.withLock { state in
      state.isOver = true
      close(&state)
    }
  }

  private static func begin(_ open: Open, header: [UInt8], _ view: Snapshot) {
    header.withUnsafeBytes { open.file.begin($0) }
    let sample = RecordSample(view)
    let before = view.counters.streams &+ view.counters.warmUpStreams
    // How many events a stream had is not known: its end at least.
    write(.gap(RecordGap(at: sample.at, ends: before, events: before)), to: open)
    write(view, to: open)
    open.output.flush()
  }

  private static func needsView(_ open: Open, _ now: Int64) -> Bool {
    !open.hasBegun || (open.secondViewAt ?? .max) <= now
  }

  private static func write(_ view: Snapshot, to open: Open) {
    let sample = RecordSample(view)
    write(.sample(sample), to: open)
    write(.lanes(at: sample.at, view.lanes), to: open)
  }

  /// In place of a last word.
  static let switchedOff = "the record ends here: it was switched off while the run went on"

  private static func end(_ open: Open, _ view: Snapshot) {
    write(view, to: open)
    write(.notice(at: RecordSample(view).at, switchedOff), to: open)
  }

  /// The header's targets and nothing else are left out of lines, so a line by itself is as good as the hub's.
  private static func write(_ event: RecordEvent, to open: Open) {
    let line = LineBuffer(capacity: 1024)
    RecordEncoder(targets: []).encode(event, into: line)
    open.file.take(event, line: line.bytes)
  }

  private func close(_ state: inout State) {
    guard let open = state.open else { return }
    open.file.finish()
    state.open = nil
    let reply: RunReply
    if case .unwritable(let line)? = open.outcome.failure {
      reply = RunReply(line, isFailure: true)
    } else {
      let streams = open.streams == 1 ? "1 stream" : "\(HumanText.grouped(open.streams)) streams"
      let size = HumanText.size(open.output.size)
      reply = RunReply("record ended: \(OptionText.shown(open.path)) (\(streams), \(size))")
    }
    wishes.withLock { wishes in
      (wishes.path, wishes.isEnding) = (nil, false)
      wishes.told.append(reply)
    }
  }
}
