internal import NIOCore

/// What a request asks of the proxy, read from its head once. Pure.
struct RequestFacts: Sendable {
  var method: Method
  var version: MessageHead.Version
  var framing: BodyFraming
  var options: HopByHop.Options
  /// The client will take trailers (RFC 9110 §10.1.4).
  var acceptsTrailers: Bool
  var expectsContinue: Bool
  /// The path and query to go upstream, in the head's bytes; nil for `*`, and empty for an absolute target without a path.
  var path: Range<Int>?
  /// The authority the client addressed: the absolute target's, else Host; nil when there was none (HTTP/1.0).
  var authority: String?
  var requestID: String
  /// The W3C trace context is left out.
  var traceIsMalformed: Bool
  /// How many more hops an OPTIONS may take; nil when it does not say (RFC 9110 §7.6.2).
  var maxForwards: Int64?

  /// Addressed to this hop: it goes no further.
  var endsHere: Bool { maxForwards == 0 }
  var isPersistent: Bool { HopByHop.isPersistent(version, options) }
}

enum RequestRules {
  /// - Parameters:
  ///   - acceptsID: whether a client's own request id is kept.
  ///   - makeID: called when there is none to keep.
  static func read(
    _ head: MessageHead, acceptsID: Bool = true, makeID: () -> String
  ) throws(ProxyCause) -> RequestFacts {
    guard case .request(let method, _, let target) = head.start else { throw .malformedRequest }
    // A tunnel is not a stream to relay, and TRACE would echo what this hop keeps to itself.
    if method == .connect { throw .unsupportedMethod }
    if method == .trace { throw .methodNotAllowed }
    let framing: BodyFraming
    do { framing = try FramingRules.request(head) } catch { throw ProxyCause(requestFraming: error) }
    let (path, authority) = try readTarget(head, method: method, target: target)
    return RequestFacts(
      method: method, version: head.version, framing: framing, options: .init(head),
      acceptsTrailers: acceptsTrailers(head), expectsContinue: try expectsContinue(head), path: path,
      authority: authority, requestID: (acceptsID ? acceptedID(head) : nil) ?? makeID(),
      traceIsMalformed: TraceContext.isMalformed(head), maxForwards: method == .options ? try maxForwards(head) : nil)
  }

  private static func readTarget(
    _ head: MessageHead, method: Method, target: MessageHead.Extent
  ) throws(ProxyCause) -> (path: Range<Int>?, authority: String?) {
    let host = try readHost(head)
    let range = target.range
    return try head.withBytes { bytes throws(ProxyCause) in
      let text = Bytes.slice(bytes, range)
      if text.first == UInt8(ascii: "/") { return (range, host) }
      if text.count == 1, text[0] == UInt8(ascii: "*") {
        guard method == .options else { throw .malformedRequest }
        return (nil, host)
      }
      return try readAbsolute(bytes, range, method)
    }
  }

  /// An absolute target names its authority itself, and that one counts (RFC 9112 §3.2.2).
  private static func readAbsolute(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ method: Method
  ) throws(ProxyCause) -> (path: Range<Int>?, authority: String?) {
    let text = Bytes.slice(bytes, range)
    let skip: Int
    if text.count > 7, Bytes.equalsIgnoringCase(Bytes.slice(text, 0..<7), "http://") {
      skip = 7
    } else if text.count > 8, Bytes.equalsIgnoringCase(Bytes.slice(text, 0..<8), "https://") {
      skip = 8
    } else {
      throw .malformedRequest
    }
    let start = range.lowerBound + skip
    let end = bytes[start..<range.upperBound].firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
    let authority = start..<(end ?? range.upperBound)
    guard !authority.isEmpty, isHost(Bytes.slice(bytes, authority)) else { throw .invalidHost }
    let path = authority.upperBound..<range.upperBound
    let isWholeServer = path.isEmpty && method == .options
    return (isWholeServer ? nil : path, String(decoding: bytes[authority], as: UTF8.self))
  }

  private static func readHost(_ head: MessageHead) throws(ProxyCause) -> String? {
    let count = head.count(of: .host)
    guard count <= 1, count == 1 || head.version == .http10 else { throw .invalidHost }
    guard let field = head.first(.host) else { return nil }
    guard head.withBytes({ isHost(Bytes.slice($0, field.value.range)) }) else { throw .invalidHost }
    return head.text(field.value)
  }

  /// `uri-host [":" port]` (RFC 9110 §7.2, RFC 3986 §3.2.2): no user, no path, nothing that could be read as another
  /// authority. Empty is allowed (RFC 9112 §3.2).
  static func isHost(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard ByteClass.isAll(bytes, ByteClass.host) else { return false }
    let name: Range<Int>
    if bytes.first == UInt8(ascii: "[") {
      guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
      name = 1..<close
      guard !name.isEmpty, bytes[name].allSatisfy(isLiteralByte) else { return false }
      return isPort(bytes[(close + 1)...])
    }
    name = 0..<(bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count)
    guard isName(bytes[name]) else { return false }
    return isPort(bytes[name.upperBound...])
  }

  private static func isLiteralByte(_ byte: UInt8) -> Bool {
    ByteClass.matches(byte, ByteClass.hexDigit) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: ".")
  }

  /// Without brackets, and a `%` only before two hexadecimal digits.
  private static func isName(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") { return false }
      guard byte == UInt8(ascii: "%") else { continue }
      let digits = bytes[(index + 1)...].prefix(2)
      guard digits.count == 2, digits.allSatisfy({ ByteClass.matches($0, ByteClass.hexDigit) }) else { return false }
    }
    return true
  }

  /// Nothing, or a colon and up to five digits.
  private static func isPort(_ bytes: Slice<UnsafeRawBufferPointer>) -> Bool {
    guard let first = bytes.first else { return true }
    return first == UInt8(ascii: ":") && bytes.count <= 6
      && bytes.dropFirst().allSatisfy { ByteClass.matches($0, ByteClass.digit) }
  }

  private static func maxForwards(_ head: MessageHead) throws(ProxyCause) -> Int64? {
    guard let field = head.first(.maxForwards) else { return nil }
    let count = head.withBytes { FramingRules.parseLength(Bytes.slice($0, field.value.range)) }
    guard let count, head.count(of: .maxForwards) == 1 else { throw .malformedRequest }
    return count
  }

  private static func acceptsTrailers(_ head: MessageHead) -> Bool {
    head.withBytes { bytes in
      for field in head.fields where field.kind == .te {
        let value = Bytes.slice(bytes, field.value.range)
        for member in value.split(separator: UInt8(ascii: ",")) {
          let name = member.prefix { $0 != UInt8(ascii: ";") }
          let trimmed = Bytes.trimmed(value, name.startIndex..<name.endIndex)
          if Bytes.equalsIgnoringCase(Bytes.slice(value, trimmed), "trailers") { return true }
        }
      }
      return false
    }
  }

  /// HTTP/1.0 has no interim responses, so its Expect means nothing (RFC 9110 §10.1.1).
  private static func expectsContinue(_ head: MessageHead) throws(ProxyCause) -> Bool {
    guard let field = head.first(.expect), head.version == .http11 else { return false }
    let isContinue = head.withBytes { Bytes.equalsIgnoringCase(Bytes.slice($0, field.value.range), "100-continue") }
    guard isContinue, head.count(of: .expect) == 1 else { throw .expectationFailed }
    return true
  }

  /// At most 128 bytes of letters, digits and `-._~:+/=@`: safe in a header, in JSON and in a log line.
  static func acceptedID(_ head: MessageHead) -> String? {
    guard head.count(of: .requestID) == 1, let field = head.first(.requestID) else { return nil }
    let isSafe = head.withBytes { ByteClass.isAll(Bytes.slice($0, field.value.range), ByteClass.identifier) }
    guard (1...128).contains(field.value.count), isSafe else { return nil }
    return head.text(field.value)
  }
}
