/// `--output-format ndjson` and `csv`: one line for each stream as it ends. Streams of the warm-up are left out, as they are
/// of every figure.
final class StreamRows: EventConsumer {
  enum Format { case ndjson, csv }

  private let output: OutputFile
  private let format: Format
  private let line = LineBuffer(capacity: 1024)
  /// Called once, when the reader of stdout went away.
  private let readerLeft: @Sendable () -> Void
  private let outcome: OutputOutcome
  private var hasToldOfReader = false

  init(output: OutputFile, outcome: OutputOutcome, format: Format, readerLeft: @escaping @Sendable () -> Void = {}) {
    self.outcome = outcome
    self.output = output
    self.format = format
    self.readerLeft = readerLeft
  }

  let wantsLines = false

  func begin(_ header: UnsafeRawBufferPointer) {
    guard format == .csv else { return }
    line.removeAll()
    StreamRow.header(into: line)
    output.append(line.bytes)
    output.flush()
  }

  func take(_ event: RecordEvent, line _: UnsafeRawBufferPointer) {
    guard case .end(let record) = event, !record.isWarmUp else { return }
    line.removeAll()
    Self.row(record, format, into: line)
    output.append(line.bytes)
  }

  func settle(now: Int64) {
    output.settle(now: now)
    guard !hasToldOfReader, outcome.failure == .brokenPipe else { return }
    hasToldOfReader = true
    readerLeft()
  }

  func finish() { output.finish() }

  /// All of a report at once.
  static func text(_ records: [StreamRecord], _ format: Format) -> String {
    let out = LineBuffer(capacity: 256 * (records.count &+ 1))
    if format == .csv { StreamRow.header(into: out) }
    for record in records { row(record, format, into: out) }
    return out.text
  }

  private static func row(_ record: StreamRecord, _ format: Format, into out: LineBuffer) {
    switch format {
    case .ndjson: StreamRow.json(record, into: out)
    case .csv: StreamRow.csv(record, into: out)
    }
  }
}
