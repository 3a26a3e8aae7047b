/// Bytes of lines being put together: JSON and CSV without an intermediate text for each value.
///
/// A class, because it owns raw memory that only grows to its longest use; lives on one thread at a time.
final class LineBuffer {
  private(set) var count = 0
  private var capacity: Int
  private var base: UnsafeMutablePointer<UInt8>

  init(capacity: Int = 64 * 1024) {
    self.capacity = max(64, capacity)
    base = .allocate(capacity: self.capacity)
  }

  deinit { base.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  func removeAll() { count = 0 }

  /// Drops everything after the first `length` bytes.
  func truncate(to length: Int) { count = min(count, max(0, length)) }

  @inline(__always)
  func byte(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count &+= 1
  }

  /// Text that is known when this is compiled, as it is.
  @inline(__always)
  func raw(_ text: StaticString) {
    reserve(text.utf8CodeUnitCount)
    (base + count).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    count &+= text.utf8CodeUnitCount
  }

  /// Text of our own that needs no escapes, as it is.
  func plain(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress, bytes.count > 0 else { return }
    reserve(bytes.count)
    (base + count).update(from: start, count: bytes.count)
    count &+= bytes.count
  }

  /// In decimal.
  func integer(_ value: Int64) {
    reserve(20)
    var rest = value.magnitude
    if value < 0 { byte(UInt8(ascii: "-")) }
    let first = count
    repeat {
      base[count] = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
      rest /= 10
      count &+= 1
    } while rest > 0
    var low = first
    var high = count &- 1
    while low < high {
      (base[low], base[high]) = (base[high], base[low])
      low &+= 1
      high &-= 1
    }
  }

  @inline(__always)
  func integer(_ value: Int) { integer(Int64(value)) }

  /// A number as JSON takes it; 0 for what is none.
  func number(_ value: Double) {
    if value.isFinite, let whole = Int64(exactly: value) { return integer(whole) }
    plain(value.isFinite ? "\(value)" : "0")
  }

  /// A JSON string (RFC 8259 §7). The two line separators of JavaScript are escaped as well, so that a line is a line for
  /// every reader.
  func json(_ text: String) {
    byte(Self.quote)
    var text = text
    text.withUTF8 { bytes in
      var start = 0
      var index = 0
      while index < bytes.count {
        guard needsEscape(bytes[index], bytes, index) else {
          index &+= 1
          continue
        }
        append(UnsafeBufferPointer(rebasing: bytes[start..<index]))
        index &+= escape(bytes[index], bytes, index)
        start = index
      }
      append(UnsafeBufferPointer(rebasing: bytes[start...]))
    }
    byte(Self.quote)
  }

  /// A CSV field (RFC 4180 §2): quoted only where it must be, and fit for spreadsheets and terminals. What is not to be shown
  /// becomes `?`, so that a row is one line; a text that a spreadsheet would take for a formula gets a `'` before it.
  func csv(_ text: String) {
    let isPlain = text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    let shown = isPlain ? text : ShownText.clean(text)
    let isFormula = shown.utf8.first.map { "=+-@".utf8.contains($0) } ?? false
    let text = isFormula ? "'" + shown : shown
    guard text.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == Self.quote }) else { return plain(text) }
    byte(Self.quote)
    for unit in text.utf8 {
      if unit == Self.quote { byte(Self.quote) }
      byte(unit)
    }
    byte(Self.quote)
  }

  @inline(__always)
  private func needsEscape(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
    if byte < 0x20 || byte == Self.quote || byte == Self.backslash || byte == 0x7F { return true }
    return byte == 0xE2 && index &+ 2 < bytes.count && bytes[index &+ 1] == 0x80 && bytes[index &+ 2] & 0xFE == 0xA8
  }

  /// Writes the escape; how many bytes it stands for.
  private func escape(_ byte: UInt8, _ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Int {
    switch byte {
    case Self.quote: raw("\\\"")
    case Self.backslash: raw("\\\\")
    case 10: raw("\\n")
    case 13: raw("\\r")
    case 9: raw("\\t")
    case 0xE2:
      plain(bytes[index &+ 2] == 0xA8 ? "\\u2028" : "\\u2029")
      return 3
    default:
      raw("\\u00")
      self.byte(Self.digits[Int(byte >> 4)])
      self.byte(Self.digits[Int(byte & 15)])
    }
    return 1
  }

  @inline(__always)
  private func reserve(_ more: Int) {
    if count &+ more > capacity { grow(more) }
  }

  private func grow(_ more: Int) {
    let larger = max(capacity &* 2, count &+ more)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: base, count: count)
    base.deallocate()
    base = moved
    capacity = larger
  }

  private static let quote = UInt8(ascii: "\"")
  private static let backslash = UInt8(ascii: "\\")
  private static let digits = Array("0123456789abcdef".utf8)
}
