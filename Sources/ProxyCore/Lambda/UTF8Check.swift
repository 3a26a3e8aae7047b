/// Whether bytes that come in pieces are valid UTF-8 (Unicode, table 3-7). Pure.
struct UTF8Check: Sendable {
  private(set) var isValid = true
  /// Bytes of a character that are still to come, and what the next of them may be.
  private var missing = 0
  private var next: ClosedRange<UInt8> = 0x80...0xBF

  /// Valid, and not in the middle of a character.
  var isComplete: Bool { isValid && missing == 0 }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    guard isValid else { return }
    for byte in bytes {
      if missing > 0 {
        guard next.contains(byte) else { return isValid = false }
        missing -= 1
        next = 0x80...0xBF
      } else if byte >= 0x80 {
        begin(byte)
        guard isValid else { return }
      }
    }
  }

  private mutating func begin(_ byte: UInt8) {
    switch byte {
    case 0xC2...0xDF: missing = 1
    case 0xE0: (missing, next) = (2, 0xA0...0xBF)
    case 0xED: (missing, next) = (2, 0x80...0x9F)
    case 0xE1...0xEF: missing = 2
    case 0xF0: (missing, next) = (3, 0x90...0xBF)
    case 0xF4: (missing, next) = (3, 0x80...0x8F)
    case 0xF1...0xF3: missing = 3
    default: isValid = false
    }
  }
}
