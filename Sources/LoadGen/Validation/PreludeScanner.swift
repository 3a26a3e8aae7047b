/// Finds a Lambda response prelude that was passed on as body: a JSON object with a `"statusCode"`, then eight NULs,
/// all within the first 16 KiB. Bodies that do not begin with `{` cost one comparison.
struct PreludeScanner {
  static let limit = 16 * 1024
  private static let key: StaticString = "\"statusCode\""

  private enum State {
    case start
    case key(matched: Int)
    case delimiter(zeros: Int)
    case found
    case absent
  }

  private var state = State.start
  private var position = 0

  var isFound: Bool {
    guard case .found = state else { return false }
    return true
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    for byte in bytes {
      switch state {
      case .found, .absent: return
      case .start: state = byte == UInt8(ascii: "{") ? .key(matched: 0) : .absent
      case .key(let matched): state = afterKey(byte, matched)
      case .delimiter(let zeros):
        if byte != 0 { state = zeros == 0 ? .delimiter(zeros: 0) : .absent } else { state = afterZero(zeros + 1) }
      }
      position += 1
      if position == Self.limit, !isFound { state = .absent }
    }
  }

  private func afterKey(_ byte: UInt8, _ matched: Int) -> State {
    // JSON holds no raw NUL: the object is over and had no status.
    guard byte != 0 else { return .absent }
    if byte == Self.key.utf8Start[matched] {
      return matched + 1 == Self.key.utf8CodeUnitCount ? .delimiter(zeros: 0) : .key(matched: matched + 1)
    }
    return .key(matched: byte == Self.key.utf8Start[0] ? 1 : 0)
  }

  private func afterZero(_ zeros: Int) -> State { zeros == 8 ? .found : .delimiter(zeros: zeros) }
}
