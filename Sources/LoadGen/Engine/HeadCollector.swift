/// Collects the final response head from libcurl's header callback, one line a call.
///
/// Guarantees: provisional heads (1xx) leave no trace; trailers after the final head are ignored; what is kept is
/// bounded by `ResponseHead`'s limits, while the two framing fields are noted whether or not there was room to keep
/// them; what a stream may send in heads and trailers is bounded too. Costs one pass over the line and the two strings
/// of a kept field; where a lane's head is what its last one was, byte for byte, one comparison (`RememberedHead`).
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

  /// What a head's lines say, from its first to its blank one.
  struct Lines {
    fileprivate(set) var head = ResponseHead()
    /// The declared length; nil when none was declared, or not as a number.
    fileprivate(set) var contentLength: Int64?
    fileprivate(set) var noted = Noted()
    fileprivate var hasTransferEncoding = false
    fileprivate var hasLength = false
    /// A field that says something of the framing, and not one thing only.
    fileprivate var isMalformed = false
    fileprivate var keptBytes = 0
    /// Essential fields that were kept where there was no room for others.
    fileprivate var keptBeyond = 0
    /// Whether the field before this line was kept: a folding belongs to it.
    fileprivate var isLastKept = false
    fileprivate var isInside = false
    fileprivate var hasLocation = false
  }

  private var lines = Lines()
  private(set) var isComplete = false
  private var headBytes = 0
  private var trailerBytes = 0
  private let essential: Set<String>
  private let followsRedirects: Bool
  /// The head before the running one, where that was a redirect.
  private var redirect: ResponseHead?
  private var remembered = RememberedHead()

  /// What came so far, but for lines that may yet be those of the last head; whole when it is complete.
  var head: ResponseHead { lines.head }
  var contentLength: Int64? { lines.contentLength }
  var noted: Noted { lines.noted }

  /// - Parameters:
  ///   - essential: names, in lower case, of fields to keep even where others are dropped.
  ///   - followsRedirects: a redirect's head is then not the last one.
  init(essential: Set<String> = Self.essentialNames, followsRedirects: Bool = false) {
    self.essential = essential
    self.followsRedirects = followsRedirects
  }

  /// Content-Length beside Transfer-Encoding, lengths that differ or are no length, a transfer coding other than chunked
  /// (RFC 9112 §6.3), white space before a colon (§5.1): two readers may see two messages in it.
  var hasConflictingFraming: Bool { (lines.hasLength && lines.hasTransferEncoding) || lines.isMalformed }

  /// Of the body to come, from the framing or from a gateway's note of it.
  var declaredLength: Int64? { (lines.hasTransferEncoding ? nil : contentLength) ?? noted.remappedLength }

  /// For the next stream of the lane. What the last head was is kept.
  mutating func reset() {
    startHead()
    isComplete = false
    headBytes = 0
    trailerBytes = 0
    redirect = nil
  }

  private mutating func startHead() {
    lines = Lines()
    remembered.begin()
  }

  /// libcurl followed no further: the last redirect is the response.
  mutating func stopAtRedirect() {
    guard let redirect, !isComplete else { return }
    lines.head = redirect
    isComplete = true
  }

  /// No more comes: a head that is not complete says what it has said so far.
  mutating func settle() {
    guard !isComplete else { return }
    readAgain()
  }

  mutating func receive(_ line: UnsafeRawBufferPointer) -> Event {
    guard !isComplete else {
      trailerBytes &+= line.count
      return trailerBytes > Self.maximumTrailerBytes ? .tooMuch : .trailer
    }
    headBytes &+= line.count
    guard headBytes <= Self.maximumHeadBytes else { return .tooMuch }
    switch remembered.compare(line) {
    case .same: return .more
    case .sameToTheEnd(let known):
      lines = known
      return endOfHead()
    case .other:
      readAgain()
      return read(line)
    }
  }

  /// Lines that were only compared, now that the head turned out to be another one.
  private mutating func readAgain() {
    guard let raw = remembered.takeCompared() else { return }
    var start = 0
    for end in raw.ends {
      raw.bytes[start..<end].withUnsafeBytes { _ = read($0) }
      start = end
    }
  }

  private mutating func read(_ line: UnsafeRawBufferPointer) -> Event {
    remembered.write(line)
    let text = Self.trimmed(line)
    if text.isEmpty, line.first != Self.space, line.first != Self.tab {
      remembered.end(lines)
      return endOfHead()
    }
    // As libcurl: a status line is a head's first line, and nothing else inside it.
    if !lines.isInside, line.starts(with: Self.statusLineStart) {
      readStatusLine(text)
    } else if line.first == Self.space || line.first == Self.tab {
      fold(text)
    } else {
      readField(text)
    }
    lines.isInside = true
    return .more
  }

  private mutating func endOfHead() -> Event {
    // The bound on bytes is the stream's, or provisional heads could go on for ever.
    if (100..<200).contains(head.status) || head.status == 0 {
      redirect = nil
      startHead()
      return .more
    }
    // As libcurl decides it, which then keeps the body to itself.
    if followsRedirects, (300..<400).contains(head.status), lines.hasLocation {
      redirect = head
      startHead()
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
    lines.head.version = ["1.0", "1.1", "2"].contains(name) ? name : "1.1"
    let digits = rest[version.endIndex...].drop { $0 == Self.space }.prefix { $0 != Self.space }
    guard digits.count == 3, let status = Self.number(digits), (100...999).contains(status) else { return }
    lines.head.status = Int(status)
  }

  private mutating func readField(_ text: UnsafeRawBufferPointer) {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
    let received = UnsafeRawBufferPointer(rebasing: text[..<colon])
    let name = Self.trimmed(received)
    if name.count < received.count { lines.isMalformed = true }
    let value = Self.trimmed(UnsafeRawBufferPointer(rebasing: text[(colon + 1)...]))
    note(name, value)
    lines.isLastKept = takeRoom(name, size: name.count + value.count)
    guard lines.isLastKept else {
      lines.head.droppedFields += 1
      return
    }
    lines.head.fields.append(
      ResponseHead.Field(name: String(decoding: name, as: UTF8.self), value: String(decoding: value, as: UTF8.self)))
  }

  private mutating func takeRoom(_ name: UnsafeRawBufferPointer, size: Int) -> Bool {
    if lines.head.fields.count - lines.keptBeyond < ResponseHead.maximumFields,
      lines.keptBytes + size <= ResponseHead.maximumBytes
    {
      lines.keptBytes += size
      return true
    }
    guard lines.keptBeyond < ResponseHead.maximumEssentialFields, size <= ResponseHead.maximumEssentialBytes,
      isEssential(name)
    else { return false }
    lines.keptBeyond += 1
    return true
  }

  private func isEssential(_ name: UnsafeRawBufferPointer) -> Bool {
    let name = String(decoding: name, as: UTF8.self).lowercased()
    return name.hasPrefix("x-gzproxy-") || essential.contains(name)
  }

  /// An obsolete line folding goes on with the value of the field before (RFC 9112 §5.2).
  private mutating func fold(_ text: UnsafeRawBufferPointer) {
    guard lines.isLastKept, let last = lines.head.fields.last,
      lines.keptBytes + text.count + 1 <= ResponseHead.maximumBytes
    else {
      return
    }
    lines.keptBytes += text.count + 1
    let value = last.value + " " + String(decoding: text, as: UTF8.self)
    lines.head.fields[lines.head.fields.count - 1] = ResponseHead.Field(name: last.name, value: value)
  }

  /// By length first: most names match none.
  private mutating func note(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    switch name.count {
    case 8 where Self.isSame(name, "location"): lines.hasLocation = !value.isEmpty
    case 14 where Self.isSame(name, "content-length"): noteLength(value)
    case 17 where Self.isSame(name, "transfer-encoding"): noteCoding(value)
    case 12 where Self.isSame(name, "x-request-id"): lines.noted.requestID = Self.shortText(value)
    case 18 where Self.isSame(name, "x-gzproxy-instance"): lines.noted.instance = Self.shortText(value)
    case 19 where Self.isSame(name, "x-gzproxy-rss-bytes"): lines.noted.rssBytes = Self.number(value[...])
    case 24 where Self.isSame(name, "x-gzproxy-content-length"),
      30 where Self.isSame(name, "x-amzn-remapped-content-length"):
      lines.noted.remappedLength = Self.number(value[...])
    default: break
    }
  }

  /// One number, or the same one several times in a list (RFC 9110 §8.6).
  private mutating func noteLength(_ value: UnsafeRawBufferPointer) {
    for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let length = Self.number(Self.trimmed(UnsafeRawBufferPointer(rebasing: part))[...])
      if length == nil || (lines.hasLength && length != lines.contentLength) { lines.isMalformed = true }
      lines.hasLength = true
      lines.contentLength = length
    }
  }

  private mutating func noteCoding(_ value: UnsafeRawBufferPointer) {
    if lines.hasTransferEncoding || !Self.isSame(value, "chunked") { lines.isMalformed = true }
    lines.hasTransferEncoding = true
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
