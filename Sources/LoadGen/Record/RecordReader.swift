public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads the file of `--record`, event by event, also while it is still being written.
public final class RecordReader {
  static let chunkSize = 64 * 1024

  public let header: RecordHeader
  /// When the last event that was written happened, in microseconds of the run. A run that goes on has later ones.
  public let duration: Int64
  let path: String
  private let descriptor: Int32
  private var parser: RecordParser
  private var chunk = [UInt8](repeating: 0, count: chunkSize)
  private var pending: ArraySlice<UInt8> = []

  /// - Throws: `usage`, one line: no such file, no record, another schema.
  public init(path: String) throws(ToolFailure) {
    self.path = path
    let shown = OptionText.shown(path)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .usage("\(shown): cannot be read: \(String(cString: strerror(errno)))") }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .usage("\(shown): is no file; a record is replayed from one")
    }
    do {
      (header, parser) = try Self.readHeader(descriptor)
    } catch {
      close(descriptor)
      throw .usage("\(shown): \(Self.explanation(error))")
    }
    duration = Self.lastTime(descriptor, size: Int64(facts.st_size), header: header)
    lseek(descriptor, 0, Int32(SEEK_SET))
    parser = RecordParser()
  }

  deinit { close(descriptor) }

  /// Lines so far that could not be read.
  public var damagedLines: Int { parser.damagedLines }

  /// The next event; nil at the end of what has been written.
  public func next() -> RecordEvent? {
    var found: RecordEvent?
    while found == nil {
      if pending.isEmpty {
        let count = readChunk()
        guard count > 0 else { return nil }
        pending = chunk[..<count]
      }
      let piece = pending
      let taken = piece.withUnsafeBytes { bytes in
        // The header was accepted when the file was opened.
        (try? parser.receive(bytes) { event in
          found = event
          return false
        }) ?? bytes.count
      }
      pending = pending.dropFirst(taken)
    }
    return found
  }

  /// Goes to a place in the file so that the events from `time` on follow, and up to 200 ms of those before it.
  func seek(before time: Int64) {
    pending = []
    var facts = stat()
    guard time > 0, fstat(descriptor, &facts) == 0 else { return restart() }
    // Between `low`, which is before `time`, and `high`, which is not, or the end.
    var (low, high) = (Int64(0), Int64(facts.st_size))
    while high - low > Int64(Self.chunkSize) {
      let middle = low + (high - low) / 2
      guard let (start, at) = lineAfter(middle), start < high else {
        high = middle
        continue
      }
      if at < time { low = start } else { high = middle }
    }
    guard low > 0 else { return restart() }
    lseek(descriptor, off_t(low), Int32(SEEK_SET))
    parser = RecordParser(header: header)
  }

  private func restart() {
    lseek(descriptor, 0, Int32(SEEK_SET))
    parser = RecordParser()
  }

  /// The first line that begins after `offset`, and its time.
  private func lineAfter(_ offset: Int64) -> (start: Int64, time: Int64)? {
    lseek(descriptor, off_t(offset), Int32(SEEK_SET))
    var position = offset
    var hasBegun = false
    var line: [UInt8] = []
    var start = offset
    while true {
      let count = readChunk()
      guard count > 0 else { return nil }
      for (index, byte) in chunk[..<count].enumerated() {
        guard byte == 10 else {
          if hasBegun, line.count < Self.timePrefix { line.append(byte) }
          continue
        }
        if hasBegun, let time = Self.time(line) { return (start, time) }
        hasBegun = true
        line = []
        start = position + Int64(index) + 1
      }
      position += Int64(count)
      // What is enough of a line to see its time need not be read to its end.
      if hasBegun, line.count >= Self.timePrefix, let time = Self.time(line) { return (start, time) }
    }
  }

  private static let timePrefix = 64

  private func readChunk() -> Int {
    let descriptor = descriptor
    return chunk.withUnsafeMutableBytes { readRetrying(descriptor, $0) }
  }

  private static func readHeader(
    _ descriptor: Int32
  ) throws(RecordParser.Refusal) -> (header: RecordHeader, parser: RecordParser) {
    var parser = RecordParser()
    var chunk = [UInt8](repeating: 0, count: chunkSize)
    while parser.header == nil {
      let count = chunk.withUnsafeMutableBytes { readRetrying(descriptor, $0) }
      guard count > 0 else { throw .noRecord }
      let outcome = chunk[..<count].withUnsafeBytes { bytes in
        Result { () throws(RecordParser.Refusal) in try parser.receive(bytes) { _ in false } }
      }
      _ = try outcome.get()
    }
    guard let header = parser.header else { throw .noRecord }
    return (header, parser)
  }

  /// The largest time of the file's last lines.
  private static func lastTime(_ descriptor: Int32, size: Int64, header: RecordHeader) -> Int64 {
    var (window, last) = (Int64(chunkSize), Int64(0))
    // A last line may be longer than the window: the window grows until one line was whole in it.
    while last == 0 {
      lseek(descriptor, off_t(max(0, size - window)), Int32(SEEK_SET))
      var parser = RecordParser(header: header)
      var chunk = [UInt8](repeating: 0, count: chunkSize)
      var left = min(window, size)
      while left > 0 {
        let count = chunk.withUnsafeMutableBytes { readRetrying(descriptor, $0) }
        guard count > 0 else { break }
        left -= Int64(count)
        chunk[..<count].withUnsafeBytes { bytes in
          _ = try? parser.receive(bytes) { event in
            last = max(last, event.time)
            return true
          }
        }
      }
      guard window < size, window < 4 * Int64(RecordParser.lineLimit) else { break }
      window *= 8
    }
    return last
  }

  /// Of a line's first bytes: `{"e":"end","t":1234,`.
  private static func time(_ prefix: [UInt8]) -> Int64? {
    guard let mark = prefix.firstRange(of: Array("\"t\":".utf8)) else { return nil }
    let digits = prefix[mark.upperBound...].prefix { (0x30...0x39).contains($0) }
    return Int64(String(decoding: digits, as: UTF8.self))
  }

  private static func explanation(_ refusal: RecordParser.Refusal) -> String {
    switch refusal {
    case .noRecord: "is no record; gzload and gztop make one with --record FILE"
    case .otherSchema(let name):
      "is \(OptionText.shown(name)), and this version reads \(RecordHeader.schemaName); use the version that made it"
    }
  }
}

private func readRetrying(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
  while true {
    let count = read(descriptor, buffer.baseAddress, buffer.count)
    if count < 0 && errno == EINTR { continue }
    return count
  }
}
