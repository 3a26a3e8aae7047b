/// Follows chunked framing (RFC 9112 §7.1) without touching the bytes: it knows what is framing, what is data, and where
/// the trailer section begins.
///
/// Strict: hexadecimal size of at most 16 digits that fits in 63 bits, extensions by RFC 9112 §7.1.1 without its bad
/// whitespace, CRLF and nothing else as line ends. Extensions go on as they came, so none may be such that another reader
/// finds the line's end elsewhere. Bounded: a size line without its end is at most 1 KiB. No allocation.
struct ChunkTracker: Sendable {
  enum Step: Equatable, Sendable {
    /// That many bytes of framing.
    case framing(Int)
    /// That many bytes of chunk data.
    case data(Int)
    /// The last chunk's size line is over: what follows is the trailer section and its empty line.
    case lastChunk(Int)
    case fault
  }

  static let maximumSizeLine = 1024

  private enum State: Sendable {
    case size, extensionStart, extensionName, valueStart, value, quoted, escaped, valueEnd
    case sizeLineFeed, data, dataReturn, dataLineFeed, ended
  }
  private var state = State.size
  private var remaining: Int64 = 0
  private var digits = 0
  /// Bytes so far of a size line that is not over yet, or of the last chunk's, which is; otherwise 0.
  private(set) var lineBytes = 0

  /// True when the last chunk's size line was seen.
  var isAtTrailers: Bool { state == .ended }

  /// Consumes the longest prefix of `bytes` (which must not be empty) that is of one kind.
  mutating func step(_ bytes: UnsafeRawBufferPointer) -> Step {
    if state == .data {
      let count = Int(clamping: min(remaining, Int64(bytes.count)))
      remaining -= Int64(count)
      if remaining == 0 { state = .dataReturn }
      return .data(count)
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard accept(byte) else { return .fault }
      if state == .data { return .framing(index) }
      if state == .ended { return .lastChunk(index) }
    }
    return .framing(index)
  }

  /// False when the byte may not stand here.
  private mutating func accept(_ byte: UInt8) -> Bool {
    if state != .dataReturn, state != .dataLineFeed { lineBytes += 1 }
    switch state {
    case .size: return acceptSize(byte)
    case .extensionStart, .extensionName, .valueStart, .value, .quoted, .escaped, .valueEnd:
      return acceptExtension(byte)
    case .sizeLineFeed:
      state = remaining == 0 ? .ended : .data
      if state == .data { lineBytes = 0 }
      digits = 0
      return byte == 10
    case .dataReturn:
      state = .dataLineFeed
      return byte == 13
    case .dataLineFeed:
      state = .size
      return byte == 10
    case .data, .ended: return false
    }
  }

  private mutating func acceptSize(_ byte: UInt8) -> Bool {
    let digit: UInt8
    switch byte {
    case 48...57: digit = byte - 48
    case 97...102: digit = byte - 87
    case 65...70: digit = byte - 55
    case 13:
      state = .sizeLineFeed
      return digits > 0
    case UInt8(ascii: ";"):
      state = .extensionStart
      return digits > 0
    default: return false
    }
    digits += 1
    guard digits <= 16, remaining <= Int64.max >> 4 else { return false }
    remaining = remaining << 4 | Int64(digit)
    return true
  }

  private mutating func acceptExtension(_ byte: UInt8) -> Bool {
    guard byte == 13 || lineBytes <= Self.maximumSizeLine else { return false }
    switch state {
    case .quoted, .escaped: return acceptQuoted(byte)
    case .extensionStart, .valueStart:
      if state == .valueStart, byte == UInt8(ascii: "\"") {
        state = .quoted
        return true
      }
      state = state == .extensionStart ? .extensionName : .value
      return ByteClass.matches(byte, ByteClass.token)
    default:
      // After a whole name or value.
      switch byte {
      case 13: state = .sizeLineFeed
      case UInt8(ascii: ";"): state = .extensionStart
      case UInt8(ascii: "="):
        guard state == .extensionName else { return false }
        state = .valueStart
      default: return state != .valueEnd && ByteClass.matches(byte, ByteClass.token)
      }
      return true
    }
  }

  private mutating func acceptQuoted(_ byte: UInt8) -> Bool {
    if state == .escaped {
      state = .quoted
    } else if byte == UInt8(ascii: "\"") {
      state = .valueEnd
    } else if byte == UInt8(ascii: "\\") {
      state = .escaped
    }
    return ByteClass.matches(byte, ByteClass.fieldText)
  }
}
