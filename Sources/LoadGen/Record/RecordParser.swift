/// Takes a record apart as it comes: bytes in, events out, in pieces of any size. For a file (`RecordReader`) and for the
/// stream of `/events` alike.
///
/// Bounded: a line of more than `lineLimit` bytes is passed over. Lines that cannot be read are counted in `damagedLines`, and
/// those of a kind that this version does not know in `unknownLines`; an unfinished last line is waited for.
public struct RecordParser {
  /// A line that shows 16,384 lanes has room in it.
  public static let lineLimit = 8 << 20

  public enum Refusal: Error, Sendable, Equatable {
    /// The first line names another schema.
    case otherSchema(String)
    /// The first line is no header.
    case noRecord
  }

  /// Nil until the first line was read.
  public private(set) var header: RecordHeader?
  public private(set) var damagedLines = 0
  public private(set) var unknownLines = 0
  private var decoder = RecordDecoder(targets: [])
  private var partial: [UInt8] = []
  private var isSkipping = false

  public init() {}

  /// A parser for the middle of a record whose header is known; the first bytes are a line's beginning.
  public init(header: RecordHeader) {
    self.header = header
    decoder = RecordDecoder(targets: header.targets)
  }

  /// - Parameter event: called for each event; false ends the reading, with the bytes after that line unread.
  /// - Returns: how many bytes were taken: all, unless `event` said false.
  /// - Throws: when the first line is not that of a record.
  @discardableResult
  public mutating func receive(
    _ bytes: UnsafeRawBufferPointer, _ event: (RecordEvent) -> Bool
  ) throws(Refusal) -> Int {
    var start = 0
    while let end = bytes[start...].firstIndex(of: 10) {
      let piece = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      start = end + 1
      guard try finish(piece, event) else { return start }
    }
    let rest = bytes[start...]
    if partial.count + rest.count > Self.lineLimit {
      partial = []
      isSkipping = true
    }
    if !isSkipping { partial.append(contentsOf: rest) }
    if header == nil, isSkipping { throw .noRecord }
    return bytes.count
  }

  /// The end of a line has come.
  private mutating func finish(
    _ piece: UnsafeRawBufferPointer, _ event: (RecordEvent) -> Bool
  ) throws(Refusal) -> Bool {
    if isSkipping || partial.count + piece.count > Self.lineLimit {
      isSkipping = false
      partial = []
      damagedLines &+= 1
      return true
    }
    guard !partial.isEmpty else { return try line(piece, event) }
    var whole = partial
    whole.append(contentsOf: piece)
    partial.removeAll(keepingCapacity: true)
    let outcome = whole.withUnsafeBytes { bytes in
      Result { () throws(Refusal) in try line(bytes, event) }
    }
    return try outcome.get()
  }

  private mutating func line(
    _ bytes: UnsafeRawBufferPointer, _ event: (RecordEvent) -> Bool
  ) throws(Refusal) -> Bool {
    guard header != nil else {
      let (schema, found) = RecordDecoder.header(bytes)
      guard let found else {
        if let schema, schema != RecordHeader.schemaName { throw .otherSchema(schema) }
        throw .noRecord
      }
      header = found
      decoder = RecordDecoder(targets: found.targets)
      return true
    }
    switch decoder.decode(bytes) {
    case .event(let decoded): return event(decoded)
    case .unknown: unknownLines &+= 1
    case .damaged: damagedLines &+= 1
    }
    return true
  }
}
