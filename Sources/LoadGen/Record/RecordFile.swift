internal import ToolSupport

/// `--record FILE`: every event as a line, up to a size.
///
/// At `limit` bytes a `limit` event is written, and after it only failed streams and the events of the whole run; a quarter
/// beyond it no streams at all. What grows for ever is then about a kilobyte a second.
final class RecordFile: EventConsumer {
  static let defaultLimit = ByteSize(bytes: 1 << 30)

  private let output: OutputFile
  private let limit: Int64
  private let line = LineBuffer(capacity: 256)
  /// 0 everything, 1 no streams but failed ones, 2 no streams.
  private var stage = 0

  init(output: OutputFile, limit: Int64) {
    self.output = output
    self.limit = max(0, limit)
  }

  let wantsLines = true

  func begin(_ header: UnsafeRawBufferPointer) {
    output.append(header)
    // Whoever looks at the file of a run that has just begun finds out what it is.
    output.flush()
  }

  func take(_ event: RecordEvent, line: UnsafeRawBufferPointer) {
    if stage < 2, output.size.saturatingAdd(Int64(line.count)) > bound { tighten(at: event.time) }
    switch (stage, event) {
    case (0, _): output.append(line)
    case (2, .end), (2, .evidence): break
    default: if event.isEssential { output.append(line) }
    }
  }

  func settle(now: Int64) { output.settle(now: now) }

  func finish() { output.finish() }

  private var bound: Int64 { stage == 0 ? limit : limit.saturatingAdd(limit / 4) }

  private func tighten(at time: Int64) {
    stage += 1
    line.removeAll()
    RecordEncoder(targets: []).encode(.limit(at: time, bytes: output.size), into: line)
    output.append(line.bytes)
  }
}
