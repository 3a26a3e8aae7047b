/// Collects the final response head from libcurl's header callback, one line a call.
///
/// Guarantees: provisional heads (1xx) leave no trace; trailers after the final head are ignored; what is kept is
/// bounded by `ResponseHead`'s limits, while the two framing fields are noted whether or not there was room to keep
/// them; what a stream may send in heads and trailers is bounded too. Costs one pass over the line and the two strings
/// of a kept field.
struct HeadCollector {
  enum Event: Equatable {
    case more
    /// The blank line of the final head: `head` is complete.
    case complete
    /// A line after the final head.
    case trailer
    /// Beyond `maximumHeadBytes` or `maximumTrailerBytes`: the response is to be refused.
    case tooMuch
  }

  /// Of a stream's heads, provisional ones included, as they arrived.
  static let maximumHeadBytes = 512 * 1024
  /// Of a stream's trailers, as they arrived.
  static let maximumTrailerBytes = 64 * 1024
  /// What the judge and the classifier read; all names that begin with `x-gzproxy-` besides.
  static let essentialNames: Set<String> = [
    "content-encoding", "content-length", "x-amzn-remapped-content-length", "proxy-status", "server",
    "x-amzn-errortype", "x-amzn-requestid", "x-amz-apigw-id", "apigw-requestid", "x-cache", "via", "x-request-id",
  ]

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
  /// A field that says something of the framing, and not one thing only.
  private var isMalformed = false
  private var keptBytes = 0
  /// Essential fields that were kept where there was no room for others.
  private var keptBeyond = 0
  /// Whether the field before this line was kept: a folding belongs to it.
  private var isLastKept = false
  /// From a head's first line to its blank one.
  private var isInsideHead = false
  private var headBytes = 0
  private var trailerBytes = 0
  private let essential: Set<String>
  private let followsRedirects: Bool
  private var hasLocation = false
  /// The head before the running one, where that was a redirect.
  private var redirect: ResponseHead?

  /// - Parameters:
  ///   - essential: names, in lower case, of fields to keep even where others are dropped.
  ///   - followsRedirects: a redirect's head is then not the last one.
  init(essential: Set<String> = Self.essentialNames, followsRedirects: Bool = false) {
    self.essential = essential
    self.followsRedirects = followsRedirects
  }

  /// Content-Length beside Transfer-Encoding, lengths that differ or are no length, a transfer coding other than chunked
  /// (RFC 9112 §6.3), white space before a colon (§5.1): two readers may see two messages in it.
  var hasConflictingFraming: Bool { (hasLength && hasTransferEncoding) || isMalformed }

  /// Of the body to come, from the framing or from a gateway's note of it.
  var declaredLength: Int64? { (hasTransferEncoding ? nil : contentLength) ?? noted.remappedLength }

  mutating func reset() { self = HeadCollector(essential: essential, followsRedirects: followsRedirects) }

  /// libcurl followed no further: the last redirect is the response.
  mutating func stopAtRedirect() {
    guard let redirect, !isComplete else { return }
    head = redirect
    isComplete = true
  }

  mutating func receive(_ line: UnsafeRawBufferPointer) -> Event {
    guard !isComplete else {
      trailerBytes &+= line.count
      return trailerBytes > Self.maximumTrailerBytes ? .tooMuch : .trailer
    }
    headBytes &+= line.count
    guard headBytes <= Self.maximumHeadBytes else { return .tooMuch }
    let text = Self.trimmed(line)
    if text.isEmpty, line.first != Self.space, line.first != Self.tab {
      return endOfHead()
    }
    // As libcurl: a status line is a head's first line, and nothing else inside it.
    if !isInsideHead, line.starts(with: Self.statusLineStart) {
      readStatusLine(text)
    } else if line.first == Self.space || line.first == Self.tab {
      fold(text)
    } else {
      readField(text)
    }
    isInsideHead = true
    return .more
  }

  private mutating func endOfHead() -> Event {
    if (100..<200).contains(head.status) || head.status == 0 {
      // The bound is the stream's, or provisional heads could go on for ever.
      let bytes = headBytes
      reset()
      headBytes = bytes
      return .more
    }
    // As libcurl decides it, which then keeps the body to itself.
    if followsRedirects, (300..<400).contains(head.status), hasLocation {
      let (bytes, followed) = (headBytes, head)
      reset()
      (headBytes, redirect) = (bytes, followed)
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
    // One of three names: the version is counted by, and shown.
    let name = String(decoding: version, as: UTF8.self)
    head.version = ["1.0", "1.1", "2"].contains(name) ? name : "1.1"
    let digits = rest[version.endIndex...].drop { $0 == Self.space }.prefix { $0 != Self.space }
    guard digits.count == 3, let status = Self.number(digits), (100...999).contains(status) else { return }
    head.status = Int(status)
  }

  private mutating func readField(_ text: UnsafeRawBufferPointer) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
    let received = UnsafeRawBufferPointer(rebasing: text[..<colon])
    let name = Self.trimmed(received)
    if name.count < received.count { isMalformed = true }
    let value = Self.trimmed(UnsafeRawBufferPointer(rebasing: text[(colon + 1)...]))
    note(name, value)
    isLastKept = takeRoom(name, size: name.count + value.count)
    guard isLastKept else {
      head.droppedFields += 1
      return
    }
    head.fields.append(
      ResponseHead.Field(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
  }

  private mutating func takeRoom(_ name: UnsafeRawBufferPointer, size: Int) -> Bool {
    if head.fields.count - keptBeyond < ResponseHead.maximumFields, keptBytes + size <= ResponseHead.maximumBytes {
      keptBytes += size
      return true
    }
    guard keptBeyond < ResponseHead.maximumEssentialFields, size <= ResponseHead.maximumEssentialBytes,
      isEssential(name)
    else { return false }
    keptBeyond += 1
    return true
  }

  private func isEssential(_ name: UnsafeRawBufferPointer) -> Bool {
    let name = String(decoding: name, as: UTF8.self).lowercased()
    return name.hasPrefix("x-gzproxy-") || essential.contains(name)
  }

  /// An obsolete line folding goes on with the value of the field before (RFC 9112 §5.2).
  private mutating func fold(_ text: UnsafeRawBufferPointer) {
    guard isLastKept, let last = head.fields.last, keptBytes + text.count + 1 <= ResponseHead.maximumBytes else {
      return
    }
    keptBytes += text.count + 1
    let value = last.value + " " + String(decoding: text, as: UTF8.self)
    head.fields[head.fields.count - 1] = ResponseHead.Field(name: last.name, value: value)
  }

  /// By length first: most names match none.
  private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    switch name.count {
    case 8 where Self.isSame(name, "location"): hasLocation = !value.isEmpty
    case 14 where Self.isSame(name, "content-length"): noteLength(value)
    case 17 where Self.isSame(name, "transfer-encoding"): noteCoding(value)
    case 12 where Self.isSame(name, "x-request-id"): noted.requestID = Self.shortText(value)
    case 18 where Self.isSame(name, "x-gzproxy-instance"): noted.instance = Self.shortText(value)
    case 19 where Self.isSame(name, "x-gzproxy-rss-bytes"): noted.rssBytes = Self.number(value[...])
    case 24 where Self.isSame(name, "x-gzproxy-content-length"),
      30 where Self.isSame(name, "x-amzn-remapped-content-length"):
      noted.remappedLength = Self.number(value[...])
    default: break
    }
  }

  /// One number, or the same one several times in a list (RFC 9110 §8.6).
  private mutating func noteLength(_ value: UnsafeRawBufferPointer) {
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let length = Self.number(Self.trimmed(UnsafeRawBufferPointer(rebasing: part))[...])
      if length == nil || (hasLength && length != contentLength) { isMalformed = true }
      hasLength = true
      contentLength = length
    }
  }

  private mutating func noteCoding(_ value: UnsafeRawBufferPointer) {
    if hasTransferEncoding || !Self.isSame(value, "chunked") { isMalformed = true }
    hasTransferEncoding = true
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
