internal import ToolSupport

/// Reads lines of `gzload-events/1`. Unknown names and unknown kinds of events are passed over: a later version may have more.
struct RecordDecoder {
  enum Line: Equatable {
    case event(RecordEvent)
    /// A kind of event that this version does not know.
    case unknown
    /// No JSON, or not of this form.
    case damaged
  }

  typealias Fault = JSONScanner.Malformed

  /// Of the header: what `g` counts.
  let targets: [String]

  /// - Parameter line: without its end.
  func decode(_ line: UnsafeRawBufferPointer) -> Line {
    do {
      return try event(line)
    } catch {
      return .damaged
    }
  }

  private func event(_ line: UnsafeRawBufferPointer) throws(Fault) -> Line {
    switch try Self.kind(line) {
    case "end": return .event(.end(try end(line)))
    case "bytes": return .event(.progress(try progress(line)))
    case "begin": return .event(.begin(try begin(line)))
    case "head": return .event(.head(try head(line)))
    case "first":
      let head = try head(line)
      return .event(.firstByte(at: head.at, stream: head.stream, lane: head.lane))
    case let kind: return try runEvent(kind, line)
    }
  }

  /// Of the first member, where it always is in lines of our own; any other line is read to find it.
  private static func kind(_ line: UnsafeRawBufferPointer) throws(Fault) -> String {
    var kind: String?
    var scanner = JSONScanner(line)
    let start = Array("{\"e\":\"".utf8)
    if line.starts(with: start), let end = line[start.count...].firstIndex(of: UInt8(ascii: "\"")) {
      return String(decoding: line[start.count..<end], as: UTF8.self)
    }
    try scanner.object { (name, scanner) throws(Fault) in
      if name == "e" { kind = try scanner.string() } else { try scanner.skip() }
    }
    guard let kind else { throw Fault() }
    return kind
  }

  /// All members of a line.
  static func members(
    _ line: UnsafeRawBufferPointer, _ member: (String, inout JSONScanner) throws(Fault) -> Void
  ) throws(Fault) {
    var scanner = JSONScanner(line)
    try scanner.object(member)
    try scanner.end()
  }

  private func begin(_ line: UnsafeRawBufferPointer) throws(Fault) -> StreamBegin {
    var begin = StreamBegin(at: 0, stream: 0, lane: 0, target: 0)
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": begin.at = try scanner.integer()
      case "s": begin.stream = try scanner.count()
      case "l": begin.lane = try scanner.count()
      case "g": begin.target = try scanner.count()
      case "p": begin.plannedAt = try scanner.integer()
      case "u": begin.url = try scanner.text()
      case "w": begin.isWarmUp = try scanner.integer() != 0
      default: try scanner.skip()
      }
    }
    return begin
  }

  private func head(_ line: UnsafeRawBufferPointer) throws(Fault) -> StreamHead {
    var head = StreamHead(at: 0, stream: 0, lane: 0, status: 0, protocolName: "http/1.1")
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": head.at = try scanner.integer()
      case "s": head.stream = try scanner.count()
      case "l": head.lane = try scanner.count()
      case "st": head.status = try scanner.status()
      case "pr": head.protocolName = try scanner.text(16)
      case "x": head.expectedBytes = try scanner.integer()
      case "in": head.instance = try scanner.text()
      case "id": head.requestID = try scanner.text()
      default: try scanner.skip()
      }
    }
    if head.status == 0 { head.protocolName = "" }
    return head
  }

  private func progress(_ line: UnsafeRawBufferPointer) throws(Fault) -> StreamProgress {
    var progress = StreamProgress(at: 0)
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": progress.at = try scanner.integer()
      case "b":
        var values: [Int64] = []
        try scanner.array { (scanner) throws(Fault) in values.append(try scanner.integer()) }
        guard values.count % 3 == 0 else { throw Fault() }
        for start in stride(from: 0, to: values.count, by: 3) {
          progress.entries.append(
            StreamProgress.Entry(
              lane: Int(clamping: values[start]), bytes: values[start + 1], longestGap: values[start + 2]))
        }
      default: try scanner.skip()
      }
    }
    return progress
  }

  private func end(_ line: UnsafeRawBufferPointer) throws(Fault) -> StreamRecord {
    var record = StreamRecord()
    record.treatment = .off
    var url: String?
    var protocolName: String?
    try Self.members(line) { (name, scanner) throws(Fault) in
      switch name {
      case "t": record.endedAt = try scanner.integer()
      case "s": record.stream = try scanner.count()
      case "l": record.lane = try scanner.count()
      case "b": record.startedAt = try scanner.integer()
      case "st": record.status = try scanner.status()
      case "n": record.bytesWire = try scanner.integer()
      case "m": record.bytesDecoded = try scanner.integer()
      case "x": record.expectedBytes = try scanner.integer()
      case "v": record.verdict = try scanner.named(Verdict.self)
      case "k": record.treatment = try scanner.named(Treatment.self)
      case "fh": record.ttfh = try scanner.integer()
      case "fb": record.ttfb = try scanner.integer()
      case "lb": record.ttlb = try scanner.integer()
      case "gp": record.gapMax = try scanner.integer()
      case "g": record.target = try scanner.count()
      case "r": record.result = try scanner.named(StreamResult.self)
      case "tr": record.transport = try scanner.named(TransportOutcome.self)
      case "y": record.reason = try scanner.text()
      case "ca": record.cause = try scanner.named(FailureCause.self)
      case "dn": record.dns = try scanner.integer()
      case "co": record.connect = try scanner.integer()
      case "tl": record.tls = try scanner.integer()
      case "gm": record.members = try scanner.count()
      case "in": record.instance = try scanner.text()
      case "id": record.requestID = try scanner.text()
      case "rs": record.instanceRSS = try scanner.integer()
      case "u": url = try scanner.text()
      case "p": record.plannedAt = try scanner.integer()
      case "w": record.isWarmUp = try scanner.integer() != 0
      case "pr": protocolName = try scanner.text(16)
      case "mi": record.missed = try scanner.strings()
      case "rq": record.repeats = try scanner.count()
      default: try scanner.skip()
      }
    }
    record.protocolName = record.status == 0 ? "" : protocolName ?? "http/1.1"
    record.url = url ?? (targets.indices.contains(record.target) ? targets[record.target] : "")
    return record
  }
}

extension JSONScanner {
  /// A whole number that is not negative.
  mutating func count() throws(Malformed) -> Int {
    let value = try integer()
    guard value >= 0, let count = Int(exactly: value) else { throw Malformed() }
    return count
  }

  /// A string that is no longer than what a stream's texts can be.
  mutating func text(_ limit: Int = 2 * ResponseHead.maximumBytes) throws(Malformed) -> String {
    let text = try string()
    guard text.utf8.count <= limit else { throw Malformed() }
    return text
  }

  /// 0 is no response.
  mutating func status() throws(Malformed) -> Int {
    let status = try count()
    guard status < 1000 else { throw Malformed() }
    return status
  }

  mutating func strings() throws(Malformed) -> [String] {
    var all: [String] = []
    try array { (scanner) throws(Malformed) in all.append(try scanner.string()) }
    return all
  }

  mutating func named<Name: RawRepresentable<String>>(_ type: Name.Type) throws(Malformed) -> Name {
    guard let value = Name(rawValue: try string()) else { throw Malformed() }
    return value
  }

  /// An object whose values are counts.
  mutating func counts(_ entry: (String, Int) -> Void) throws(Malformed) {
    try object { (name, scanner) throws(Malformed) in entry(name, try scanner.count()) }
  }
}
