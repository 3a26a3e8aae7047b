internal import NIOCore

/// A parsed head: one slice of the bytes as they came and where each part lies in them.
///
/// Guarantees that every range lies inside `bytes`, names are tokens, and values are free of CR, LF and NUL. The fields
/// are an ordered list in which a name may occur many times. Costs one allocation, of the list; the bytes are a slice of
/// what was received, so a head that is kept long keeps its receive buffer.
struct MessageHead: Sendable {
  struct Field: Sendable {
    var kind: FieldKind
    /// Written as `name: value`, as we write it: what is between the parts need not be written anew.
    var isPlain = false
    var name: Extent
    var value: Extent

    /// The whole line with its end. Meant for plain ones.
    var line: Range<Int> { Int(name.start)..<(Int(value.start) + Int(value.count) + 2) }
  }

  /// Where a part lies. 32 bits are enough: heads are bounded far below.
  struct Extent: Sendable {
    var start: UInt32
    var count: UInt32
    init(_ range: Range<Int>) {
      start = UInt32(clamping: range.lowerBound)
      count = UInt32(clamping: range.count)
    }
    var range: Range<Int> { Int(start)..<(Int(start) + Int(count)) }
  }

  enum StartLine: Sendable {
    case request(method: Method, methodText: Extent, target: Extent)
    case response(status: Int, reason: Extent)
    case trailers
  }

  /// HTTP/1.0 or HTTP/1.1; nothing else is parsed.
  enum Version: UInt8, Sendable { case http10, http11 }

  /// Reader index 0, the whole head with its closing empty line.
  var bytes: ByteBuffer
  var start: StartLine
  var version: Version
  var fields: [Field]

  func withBytes<R, Failure: Error>(_ body: (UnsafeRawBufferPointer) throws(Failure) -> R) throws(Failure) -> R {
    try bytes.withUnsafeReadableBytes(body)
  }

  /// For error texts, tests and cold paths.
  func text(_ span: Extent) -> String {
    withBytes { String(decoding: Bytes.slice($0, span.range), as: UTF8.self) }
  }

  /// The status line that nearly every response has.
  var isPlainOK: Bool {
    guard case .response(200, let reason) = start, reason.count == 2 else { return false }
    return withBytes { Bytes.equals(Bytes.slice($0, reason.range), "OK") }
  }

  func count(of kind: FieldKind) -> Int {
    var count = 0
    for field in fields where field.kind == kind { count += 1 }
    return count
  }

  func first(_ kind: FieldKind) -> Field? {
    for field in fields where field.kind == kind { return field }
    return nil
  }
}

/// The methods that can be proxied: IANA's registry without CONNECT's tunnels and TRACE (RFC 9110 §16.1).
///
/// A closed list, because what a method means decides about retries and about bodies; another token is 501.
enum Method: UInt8, Sendable {
  case get, head, post, put, delete, options, patch, trace, connect, otherSafe, otherIdempotent, other

  /// May be sent again when nothing of an answer was seen (RFC 9110 §9.2.2).
  var isIdempotent: Bool {
    switch self {
    case .get, .head, .put, .delete, .options, .trace, .otherSafe, .otherIdempotent: true
    case .post, .patch, .connect, .other: false
    }
  }

  /// Nil for a token that is not in the list.
  static func of(_ name: UnsafeRawBufferPointer) -> Method? {
    for (text, method) in common where Bytes.equals(name, text) { return method }
    for (text, method) in rare where Bytes.equals(name, text) { return method }
    return nil
  }

  private static let common: [(StaticString, Method)] = [
    ("GET", .get), ("HEAD", .head), ("POST", .post), ("PUT", .put), ("DELETE", .delete), ("OPTIONS", .options),
    ("PATCH", .patch), ("TRACE", .trace), ("CONNECT", .connect),
  ]
  private static let rare: [(StaticString, Method)] = [
    ("PROPFIND", .otherSafe), ("REPORT", .otherSafe), ("SEARCH", .otherSafe), ("QUERY", .otherSafe),
    ("COPY", .otherIdempotent), ("MOVE", .otherIdempotent), ("MKCOL", .otherIdempotent),
    ("PROPPATCH", .otherIdempotent), ("UNLOCK", .otherIdempotent), ("ACL", .otherIdempotent),
    ("BIND", .otherIdempotent), ("UNBIND", .otherIdempotent), ("REBIND", .otherIdempotent),
    ("CHECKIN", .otherIdempotent), ("CHECKOUT", .otherIdempotent), ("LABEL", .otherIdempotent),
    ("LINK", .otherIdempotent), ("UNLINK", .otherIdempotent), ("MERGE", .otherIdempotent),
    ("MKACTIVITY", .otherIdempotent), ("MKCALENDAR", .otherIdempotent), ("MKREDIRECTREF", .otherIdempotent),
    ("MKWORKSPACE", .otherIdempotent), ("ORDERPATCH", .otherIdempotent), ("UNCHECKOUT", .otherIdempotent),
    ("UPDATE", .otherIdempotent), ("UPDATEREDIRECTREF", .otherIdempotent), ("VERSION-CONTROL", .otherIdempotent),
    ("BASELINE-CONTROL", .otherIdempotent), ("LOCK", .other),
  ]
}
