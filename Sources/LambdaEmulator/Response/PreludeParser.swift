internal import NIOCore

/// Finds the prelude at the head of a streamed response, whatever the pieces it comes in: JSON, then exactly eight NULs; what
/// follows is body, also when it begins with a NUL.
///
/// JSON text holds no NUL, so the first one ends it. Holds at most `limit` bytes.
struct PreludeParser {
  enum Result: Equatable {
    case needsMore
    /// The JSON; the buffer's reader stands at the first byte of the body.
    case found([UInt8])
    case failed(Failure)
  }

  enum Failure: Equatable {
    /// Neither prelude nor delimiter ended within the limit.
    case tooLong
    /// Fewer than eight NULs, then something else.
    case badDelimiter
  }

  static let delimiterLength = 8

  /// Of the prelude and its delimiter.
  let limit: Int
  private var json: [UInt8] = []
  private var nulls = 0

  init(limit: Int) { self.limit = limit }

  mutating func feed(_ buffer: inout ByteBuffer) -> Result {
    if nulls == 0, let failure = takeJSON(&buffer) { return .failed(failure) }
    while nulls > 0, nulls < Self.delimiterLength, let byte = buffer.readInteger(as: UInt8.self) {
      guard byte == 0 else { return .failed(.badDelimiter) }
      nulls += 1
      guard json.count + nulls <= limit else { return .failed(.tooLong) }
    }
    return nulls == Self.delimiterLength ? .found(json) : .needsMore
  }

  /// Up to and including the first NUL.
  private mutating func takeJSON(_ buffer: inout ByteBuffer) -> Failure? {
    let view = buffer.readableBytesView
    let end = view.firstIndex(of: 0)
    json += view[..<(end ?? view.endIndex)]
    guard json.count + (end == nil ? 0 : 1) <= limit else { return .tooLong }
    buffer.moveReaderIndex(to: end.map { $0 + 1 } ?? buffer.writerIndex)
    if end != nil { nulls = 1 }
    return nil
  }
}
