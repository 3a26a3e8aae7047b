public import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Reads the file of `--record`, event by event, also while it is still being written.
public final class RecordReader {
  static let chunkSize = 64 * 1024
  /// Bytes without an event after which `next` gives its caller a chance to do something else.
  static let patience = 1 << 20

  public let header: RecordHeader
  /// When the last event that was written happened, in microseconds of the run. A run that goes on has later ones: see
  /// `refresh`.
  public private(set) var duration: Int64
  /// Bytes of the file, when it was last looked at.
  private(set) var size: Int64
  let path: String
  private let descriptor: Int32
  private var parser = RecordParser()
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkSize, alignment: 16)
  /// Of the chunk, what was read and not yet taken apart.
  private var pending = 0..<0
  /// Where in the file the chunk ends.
  private var offset: Int64 = 0

  /// - Throws: `usage`, one line: no such file, no record, another schema.
  public init(path: String) throws(ToolFailure) {
    self.path = path
    let shown = OptionText.shown(path)
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .usage("\(shown): cannot be read: \(String(cString: strerror(errno)))") }
    guard let size = Self.size(descriptor) else {
      close(descriptor)
      throw .usage("\(shown): is no file; a record is replayed from one")
    }
    self.size = size
    do {
      header = try Self.readHeader(descriptor, into: chunk)
    } catch {
      close(descriptor)
      throw .usage("\(shown): \(Self.explanation(error))")
    }
    duration = 0
    duration = lastTime()
  }

  deinit {
    close(descriptor)
    chunk.deallocate()
  }

  /// Lines that could not be read since the last place that was sought.
  public var damagedLines: Int { parser.damagedLines }

  /// Looks whether there is more by now.
  ///
  /// - Returns: whether the file has grown.
  func refresh() -> Bool {
    guard let now = Self.size(descriptor), now > size else { return false }
    size = now
    duration = max(duration, lastTime())
    return true
  }

  /// The last `next` found nothing in as many bytes as it may read; there may be more.
  public private(set) var isInterrupted = false

  /// The next event; nil at the end of what has been written, and where `isInterrupted`.
  public func next() -> RecordEvent? {
    var found: RecordEvent?
    var left = Self.patience
    isInterrupted = false
    while found == nil {
      if pending.isEmpty {
        guard left > 0 else {
          isInterrupted = true
          return nil
        }
        let count = readRetrying(descriptor, chunk, at: offset)
        guard count > 0 else { return nil }
        offset += Int64(count)
        pending = 0..<count
        left -= count
      }
      let piece = UnsafeRawBufferPointer(rebasing: chunk[pending])
      // The header was accepted when the file was opened.
      let taken =
        (try? parser.receive(piece) { event in
          found = event
          return false
        }) ?? piece.count
      pending = (pending.lowerBound + taken)..<pending.upperBound
    }
    return found
  }

  /// Goes to a place in the file so that the events from `time` on follow, and up to 200 ms of those before it.
  func seek(before time: Int64) {
    pending = 0..<0
    guard time > 0, let size = Self.size(descriptor) else { return restart() }
    // Between `low`, which is before `time`, and `high`, which is not, or the end.
    var (low, high) = (Int64(0), size)
    while high - low > Int64(Self.chunkSize) {
      let middle = low + (high - low) / 2
      guard let (start, at) = lineAfter(middle), start < high else {
        high = middle
        continue
      }
      if at < time { low = start } else { high = middle }
    }
    guard low > 0 else { return restart() }
    offset = low
    parser = RecordParser(header: header)
  }

  private func restart() {
    offset = 0
    parser = RecordParser()
  }

  /// The first line that begins after `offset`, and its time.
  private func lineAfter(_ offset: Int64) -> (start: Int64, time: Int64)? {
    var position = offset
    var hasBegun = false
    var line: [UInt8] = []
    var start = offset
    while true {
      let count = readRetrying(descriptor, chunk, at: position)
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

  /// Of a regular file.
  private static func size(_ descriptor: Int32) -> Int64? {
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(facts.st_size)
  }

  private static func readHeader(
    _ descriptor: Int32, into chunk: UnsafeMutableRawBufferPointer
  ) throws(RecordParser.Refusal) -> RecordHeader {
    var parser = RecordParser()
    var offset: Int64 = 0
    while true {
      let count = readRetrying(descriptor, chunk, at: offset)
      guard count > 0 else { throw .noRecord }
      offset += Int64(count)
      try parser.receive(UnsafeRawBufferPointer(rebasing: chunk[..<count])) { _ in false }
      if let header = parser.header { return header }
    }
  }

  /// The largest time of the file's last lines. Uses a buffer of its own: what is pending stays.
  private func lastTime() -> Int64 {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.chunkSize, alignment: 16)
    defer { buffer.deallocate() }
    var (window, last) = (Int64(Self.chunkSize), Int64(0))
    // A last line may be longer than the window: the window grows until one line was whole in it.
    while last == 0 {
      var parser = RecordParser(header: header)
      var position = max(0, size - window)
      while position < size {
        let count = readRetrying(descriptor, buffer, at: position)
        guard count > 0 else { break }
        position += Int64(count)
        _ = try? parser.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count])) { event in
          last = max(last, event.time)
          return true
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

private func readRetrying(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer, at offset: Int64) -> Int {
  while true {
    let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
    if count < 0 && errno == EINTR { continue }
    return count
  }
}
