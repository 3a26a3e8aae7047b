/// How a message's body ends (RFC 9112 §6.3), decided once from its head. Pure.
enum BodyFraming: Equatable, Sendable {
  case none
  case length(Int64)
  case chunked
  /// Until the connection's end; responses only.
  case close
}

enum FramingFault: Error, Equatable, Sendable {
  /// Content-Length that is not one line of digits, or more than one.
  case invalidLength
  case lengthAndChunked
  /// Another transfer coding before the final `chunked`, well formed.
  case unsupportedCoding
  /// A Transfer-Encoding that cannot be meant: empty members, chunked missing, not last or twice, several lines, in HTTP/1.0.
  case faultyCoding
}

enum FramingRules {
  static func request(_ head: MessageHead) throws(FramingFault) -> BodyFraming {
    try declared(head) ?? .none
  }

  /// - Parameter toHead: the response answers a HEAD request.
  ///
  /// Both lengths at once are refused even where no body follows: the next hop may not know that none does.
  static func response(_ head: MessageHead, status: Int, toHead: Bool) throws(FramingFault) -> BodyFraming {
    if status == 204 || status < 200 {
      // Neither may stand here (RFC 9110 §8.6, RFC 9112 §6.1); both are dropped, so only their clash matters.
      if head.count(of: .transferEncoding) > 0, head.count(of: .contentLength) > 0 { throw .lengthAndChunked }
      return .none
    }
    let framing = try declared(head)
    if toHead || status == 304 { return .none }
    return framing ?? .close
  }

  private static func declared(_ head: MessageHead) throws(FramingFault) -> BodyFraming? {
    let codings = head.count(of: .transferEncoding)
    let lengths = head.count(of: .contentLength)
    if codings > 0 {
      if lengths > 0 { throw .lengthAndChunked }
      guard codings == 1, head.version == .http11, let field = head.first(.transferEncoding) else { throw .faultyCoding }
      try head.withBytes { bytes throws(FramingFault) in
        try checkCoding(Bytes.slice(bytes, field.value.range))
      }
      return .chunked
    }
    guard lengths > 0 else { return nil }
    guard lengths == 1, let field = head.first(.contentLength),
      let length = head.withBytes({ parseLength(Bytes.slice($0, field.value.range)) })
    else { throw .invalidLength }
    return .length(length)
  }

  /// 1 to 19 digits that fit in 63 bits; no sign, no list.
  static func parseLength(_ bytes: UnsafeRawBufferPointer) -> Int64? {
    guard (1...19).contains(bytes.count) else { return nil }
    var length: UInt64 = 0
    for byte in bytes {
      guard ByteClass.matches(byte, ByteClass.digit) else { return nil }
      length = length &* 10 &+ UInt64(byte &- 48)  // 19 digits fit in 64 bits
    }
    return Int64(exactly: length)
  }

  private static func checkCoding(_ value: UnsafeRawBufferPointer) throws(FramingFault) {
    if Bytes.equalsIgnoringCase(value, "chunked") { return }
    let members = value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    var chunked = 0
    for (index, member) in members.enumerated() {
      let trimmed = Bytes.trimmed(value, member.startIndex..<member.endIndex)
      let name = Bytes.slice(value, trimmed)
      guard !name.isEmpty, ByteClass.isAll(name, ByteClass.token), !Bytes.equalsIgnoringCase(name, "identity") else {
        throw .faultyCoding
      }
      if Bytes.equalsIgnoringCase(name, "chunked") {
        chunked += 1
        guard index == members.count - 1, chunked == 1 else { throw .faultyCoding }
      }
    }
    // Without chunked at the end nobody can tell where the body ends.
    throw chunked == 1 ? .unsupportedCoding : .faultyCoding
  }
}
