/// Follows chunked framing (RFC 9112 §7.1) without touching the bytes: it knows what is framing, what is data, and where
/// the trailer section begins.
///
/// Strict: hexadecimal size of at most 16 digits that fits in 63 bits, an optional extension after `;` without control
/// bytes, CRLF and nothing else as line ends. Bounded: a size line without its end is at most 1 KiB. No allocation.
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

  private enum State: Sendable { case size, extensionText, sizeLineFeed, data, dataReturn, dataLineFeed, ended }
  private var state = State.size
  private var remaining: Int64 = 0
  private var digits = 0
  private var lineLength = 0

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
    switch state {
    case .size: return acceptSize(byte)
    case .extensionText:
      if byte == 13 {
        state = .sizeLineFeed
        return true
      }
      lineLength += 1
      return lineLength <= Self.maximumSizeLine && ByteClass.matches(byte, ByteClass.fieldText)
    case .sizeLineFeed:
      state = remaining == 0 ? .ended : .data
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
      state = .extensionText
      lineLength = digits + 1
      return digits > 0
    default: return false
    }
    digits += 1
    guard digits <= 16, remaining <= Int64.max >> 4 else { return false }
    remaining = remaining << 4 | Int64(digit)
    return true
  }
}
