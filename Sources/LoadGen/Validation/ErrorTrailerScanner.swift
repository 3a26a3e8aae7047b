#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Finds a Lambda error trailer that was written into the body: the field name, and from there on nothing but text up to
/// the end (the Rust runtime, and the Lambda Web Adapter with it, do that and then end the stream cleanly).
///
/// Guarantees: the same answer at any split. Costs: one `memchr` for a capital L over bodies being inflated, which is
/// nothing beside inflating; no memory.
struct ErrorTrailerScanner {
  static let marker: StaticString = "Lambda-Runtime-Function-Error-Type:"

  private enum State {
    /// The first `matched` bytes of the marker are the last ones seen.
    case searching(matched: Int)
    /// The marker, and only text since.
    case found
  }

  private var state = State.searching(matched: 0)
  /// Whether the marker was seen at all, whatever followed.
  private(set) var sawMarker = false

  /// Whether the bytes so far end with the marker and text.
  var isFound: Bool {
    guard case .found = state else { return false }
    return true
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer) {
    var index = 0
    while index < bytes.count {
      switch state {
      case .found: index = passText(bytes, from: index)
      case .searching(0): index = findFirst(bytes, from: index)
      case .searching(let matched): index = compare(bytes, at: index, matched)
      }
    }
  }

  private mutating func findFirst(_ bytes: UnsafeRawBufferPointer, from index: Int) -> Int {
    guard let base = bytes.baseAddress,
      let hit = memchr(base + index, Int32(Self.marker.utf8Start[0]), bytes.count - index)
    else { return bytes.count }
    state = .searching(matched: 1)
    return UnsafeRawPointer(hit) - base + 1
  }

  /// The marker's first byte occurs in it only once, so a mismatch can only begin a new match at the very byte.
  private mutating func compare(_ bytes: UnsafeRawBufferPointer, at index: Int, _ matched: Int) -> Int {
    guard bytes[index] == Self.marker.utf8Start[matched] else {
      state = .searching(matched: 0)
      return index
    }
    if matched + 1 == Self.marker.utf8CodeUnitCount {
      state = .found
      sawMarker = true
    } else {
      state = .searching(matched: matched + 1)
    }
    return index + 1
  }

  private mutating func passText(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    for index in start..<bytes.count where !Self.isText(bytes[index]) {
      state = .searching(matched: 0)
      return index
    }
    return bytes.count
  }

  private static func isText(_ byte: UInt8) -> Bool {
    (0x20...0x7e).contains(byte) || byte == 0x09 || byte == 0x0a || byte == 0x0d
  }
}
