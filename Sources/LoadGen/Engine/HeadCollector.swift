/// Collects the final response head from libcurl's header callback, one line a call.
///
/// Guarantees: provisional heads (1xx) leave no trace; trailers after the final head are ignored; what is kept is
/// bounded by `ResponseHead`'s limits, while the two framing fields are noted whether or not there was room to keep
/// them. Costs one pass over the line and the two strings of a kept field.
struct HeadCollector {
  enum Event: Equatable {
    case more
    /// The blank line of the final head: `head` is complete.
    case complete
  }

  /// Fields that every stream is asked for, found in the same pass.
  struct Noted: Equatable {
    /// `x-request-id`
    var requestID: String?
    /// `x-gzproxy-instance`
    var instance: String?
    /// `x-gzproxy-rss-bytes`
    var rssBytes: Int64?
    /// The origin's length where a gateway took Content-Length away: `x-gzproxy-content-length`,
    /// `x-amzn-remapped-content-length`.
    var remappedLength: Int64?
  }

  private(set) var head = ResponseHead()
  private(set) var isComplete = false
  /// The declared length; nil when none was declared, or not as a number.
  private(set) var contentLength: Int64?
  private(set) var noted = Noted()
  private var hasTransferEncoding = false
  private var hasLength = false
  private var lengthsDiffer = false
  private var keptBytes = 0

  /// Content-Length beside Transfer-Encoding, or two lengths that differ (RFC 9112 §6.3).
  var hasConflictingFraming: Bool { (hasLength && hasTransferEncoding) || lengthsDiffer }

  /// Of the body to come, from the framing or from a gateway's note of it.
  var declaredLength: Int64? { (hasTransferEncoding ? nil : contentLength) ?? noted.remappedLength }

  mutating func reset() { self = HeadCollector() }

  mutating func receive(_ line: UnsafeRawBufferPointer) -> Event {
    guard !isComplete else { return .more }
    let text = Self.trimmed(line)
    if text.isEmpty, line.first != Self.space, line.first != Self.tab {
      return endOfHead()
    }
    if line.starts(with: Self.statusLineStart) {
      reset()
      readStatusLine(text)
    } else if line.first == Self.space || line.first == Self.tab {
      fold(text)
    } else {
      readField(text)
    }
    return .more
  }

  private mutating func endOfHead() -> Event {
    if (100..<200).contains(head.status) || head.status == 0 {
      reset()
      return .more
    }
    isComplete = true
    return .complete
  }

  /// `HTTP/1.1 200 OK`. A status that is not three digits leaves 0, and the head does not count.
  private mutating func readStatusLine(_ text: UnsafeRawBufferPointer) {
    let rest = UnsafeRawBufferPointer(rebasing: text[min(Self.statusLineStart.count, text.count)...])
    let version = rest.prefix { $0 != Self.space }
    guard version.count <= 3 else { return }
    head.version = String(decoding: version, as: UTF8.self)
    let digits = rest[version.endIndex...].drop { $0 == Self.space }.prefix { $0 != Self.space }
    guard digits.count == 3, let status = Self.number(digits), (100...999).contains(status) else { return }
    head.status = Int(status)
  }

  private mutating func readField(_ text: UnsafeRawBufferPointer) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
    let name = UnsafeRawBufferPointer(rebasing: text[..<colon])
    let value = Self.trimmed(UnsafeRawBufferPointer(rebasing: text[(colon + 1)...]))
    note(name, value)
    let size = name.count + value.count
    guard head.fields.count < ResponseHead.maximumFields, keptBytes + size <= ResponseHead.maximumBytes else {
      head.droppedFields += 1
      return
    }
    keptBytes += size
    head.fields.append(
      ResponseHead.Field(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
  }

  /// An obsolete line folding goes on with the value of the field before (RFC 9112 §5.2).
  private mutating func fold(_ text: UnsafeRawBufferPointer) {
    guard let last = head.fields.last, keptBytes + text.count + 1 <= ResponseHead.maximumBytes else { return }
    keptBytes += text.count + 1
    let value = last.value + " " + String(decoding: text, as: UTF8.self)
    head.fields[head.fields.count - 1] = ResponseHead.Field(name: last.name, value: value)
  }

  /// By length first: most names match none.
  private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    switch name.count {
    case 14 where Self.isSame(name, "content-length"): noteLength(Self.number(value[...]))
    case 17 where Self.isSame(name, "transfer-encoding"): hasTransferEncoding = true
    case 12 where Self.isSame(name, "x-request-id"): noted.requestID = Self.shortText(value)
    case 18 where Self.isSame(name, "x-gzproxy-instance"): noted.instance = Self.shortText(value)
    case 19 where Self.isSame(name, "x-gzproxy-rss-bytes"): noted.rssBytes = Self.number(value[...])
    case 24 where Self.isSame(name, "x-gzproxy-content-length"),
      30 where Self.isSame(name, "x-amzn-remapped-content-length"):
      noted.remappedLength = Self.number(value[...])
    default: break
    }
  }

  private mutating func noteLength(_ length: Int64?) {
    if hasLength, length != contentLength { lengthsDiffer = true }
    hasLength = true
    contentLength = length
  }

  /// Values that are kept for each lane and shown in a table are bounded more tightly than a head is.
  private static func shortText(_ value: UnsafeRawBufferPointer) -> String {
    String(decoding: value.prefix(128), as: UTF8.self)
  }

  private static let statusLineStart = Array("HTTP/".utf8)
  private static let space = UInt8(ascii: " ")
  private static let tab = UInt8(ascii: "\t")

  /// Case-insensitive; `lowercase` is ASCII and already lower case.
  private static func isSame(_ name: UnsafeRawBufferPointer, _ lowercase: StaticString) -> Bool {
    guard name.count == lowercase.utf8CodeUnitCount else { return false }
    for (index, byte) in name.enumerated() where (byte | 0x20) != lowercase.utf8Start[index] { return false }
    return true
  }

  /// Digits only, at most 18 of them.
  private static func number(_ text: Slice<UnsafeRawBufferPointer>) -> Int64? {
    guard !text.isEmpty, text.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in text {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      value = value &* 10 &+ Int64(byte &- UInt8(ascii: "0"))
    }
    return value
  }

  private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var low = 0
    var high = bytes.count
    while low < high, bytes[low] <= 0x20 { low += 1 }
    while high > low, bytes[high - 1] <= 0x20 { high -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
  }
}
