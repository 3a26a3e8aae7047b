/// What is left of one call's bytes, and how many were taken. Never reads past them.
struct ByteCursor {
  private(set) var bytes: UnsafeRawBufferPointer
  /// Taken since the last `takeConsumed`.
  private(set) var consumed = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isEmpty: Bool { bytes.isEmpty }

  mutating func advance(_ count: Int) {
    let count = min(count, bytes.count)
    bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
    consumed += count
  }

  mutating func next() -> UInt8? {
    guard let byte = bytes.first else { return nil }
    advance(1)
    return byte
  }

  mutating func drop() { advance(bytes.count) }

  mutating func takeConsumed() -> Int64 {
    defer { consumed = 0 }
    return Int64(consumed)
  }
}
