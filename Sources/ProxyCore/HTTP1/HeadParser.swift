internal import NIOCore

/// A strict HTTP/1 head parser: requests, responses, and the trailer section of a chunked body.
///
/// Works line by line over whatever has arrived and remembers how far it looked, so no byte is looked at twice and a
/// message cut at any position gives the same result. Strict means RFC 9112 without its leniencies: every line ends in
/// CRLF, no folding, no space before a colon, no byte that a name or value may not hold, exactly one space between the
/// parts of a start line; one empty line before a request is skipped (RFC 9112 §2.2), no more.
///
/// Bounded by its limits before a line is complete. Costs one allocation per head, the list of fields.
struct HeadParser: Sendable {
  enum Kind: Sendable { case request, response, trailers }

  enum Result: Sendable {
    case incomplete
    case head(MessageHead)
    case fault(HeadFault)
  }

  /// Room for the fields of most heads, so that the list is allocated once.
  private static let usualFields = 16

  private let kind: Kind
  private let limits: HeadLimits
  /// Where the line that is being read begins, and how far it has been searched for its end.
  private var lineStart = 0
  private var scanned = 0
  private var fieldsStart = 0
  private var skippedEmptyLine = false
  private var start: MessageHead.StartLine?
  private var version = MessageHead.Version.http11
  private var fields: [MessageHead.Field] = []

  init(_ kind: Kind, limits: HeadLimits) {
    self.kind = kind
    self.limits = limits
    if kind == .trailers { start = .trailers }
  }

  /// True once a byte of a head is there that is not a skipped empty line.
  var hasStarted: Bool { scanned > lineStart || start != nil }

  /// Looks at everything readable in `buffer`. Consumes the head when it is whole, nothing (but one empty line before a
  /// request) otherwise: the caller keeps the buffer and appends to it. After a head or a fault the parser starts afresh.
  mutating func parse(_ buffer: inout ByteBuffer) -> Result {
    var length: Int?
    do {
      length = try buffer.withUnsafeReadableBytes { bytes throws(HeadFault) in try self.advance(bytes) }
    } catch {
      reset()
      return .fault(error)
    }
    guard let length, let start, let bytes = buffer.readSlice(length: length) else { return .incomplete }
    let head = MessageHead(bytes: bytes, start: start, version: version, fields: fields)
    reset()
    return .head(head)
  }

  private mutating func reset() { self = HeadParser(kind, limits: limits) }

  /// The length of the head once its empty line is there.
  private mutating func advance(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> Int? {
    while true {
      if start == nil, lineStart < bytes.count { try checkFirst(bytes[lineStart]) }
      guard let lineFeed = Bytes.first(10, in: bytes, scanned..<max(scanned, bytes.count)) else {
        scanned = bytes.count
        try checkLimits(pending: bytes.count - lineStart)
        return nil
      }
      try checkLimits(pending: lineFeed - lineStart)
      guard lineFeed > lineStart, bytes[lineFeed - 1] == 13 else { throw .malformed }
      let line = lineStart..<(lineFeed - 1)
      lineStart = lineFeed + 1
      scanned = lineStart
      if start == nil {
        if line.isEmpty {
          guard kind == .request, !skippedEmptyLine else { throw .malformed }
          skippedEmptyLine = true
          continue
        }
        try parseStartLine(bytes, line)
        fieldsStart = lineStart
      } else if line.isEmpty {
        return lineStart
      } else {
        guard fields.count < limits.fieldCount else { throw .fieldsTooLarge }
        if fields.isEmpty { fields.reserveCapacity(Self.usualFields) }
        fields.append(try Self.parseField(bytes, line))
      }
    }
  }

  /// A client that speaks TLS, or another protocol, says so with its first byte, and may never send the end of a line.
  private func checkFirst(_ byte: UInt8) throws(HeadFault) {
    switch kind {
    case .request: guard byte == 13 || byte == 10 || ByteClass.matches(byte, ByteClass.token) else { throw .malformed }
    case .response: guard byte == UInt8(ascii: "H") else { throw .malformed }
    case .trailers: break
    }
  }

  /// Counts a line with its CR and without its LF, whether it is complete or not, so that the answer does not depend on
  /// how the bytes arrive.
  private func checkLimits(pending: Int) throws(HeadFault) {
    if start == nil {
      if pending > limits.startLine + 1 { throw .startLineTooLong }
    } else if pending > 1, lineStart - fieldsStart + pending + 1 > limits.fieldBytes {
      // With its LF; the closing empty line is no field.
      throw .fieldsTooLarge
    }
  }

  private mutating func parseStartLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HeadFault) {
    guard line.count <= limits.startLine else { throw .startLineTooLong }
    switch kind {
    case .request: try parseRequestLine(bytes, line)
    case .response: try parseStatusLine(bytes, line)
    case .trailers: throw .malformed
    }
  }

  private mutating func parseRequestLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HeadFault) {
    guard let firstSpace = Bytes.first(32, in: bytes, line), firstSpace > line.lowerBound,
      let lastSpace = bytes[line].lastIndex(of: 32), lastSpace > firstSpace + 1
    else { throw .malformed }
    let method = line.lowerBound..<firstSpace
    let target = (firstSpace + 1)..<lastSpace
    guard ByteClass.isAll(Bytes.slice(bytes, method), ByteClass.token),
      ByteClass.isAll(Bytes.slice(bytes, target), ByteClass.target)
    else { throw .malformed }
    version = try Self.parseVersion(Bytes.slice(bytes, (lastSpace + 1)..<line.upperBound))
    guard let known = Method.of(Bytes.slice(bytes, method)) else {
      // Methods are case-sensitive and none has lower-case letters: such a one is a broken client, not a new method.
      if bytes[method].contains(where: { ByteClass.matches($0, ByteClass.lowerCase) }) { throw .malformed }
      throw .unsupportedMethod
    }
    start = .request(method: known, methodText: .init(method), target: .init(target))
  }

  private mutating func parseStatusLine(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) throws(HeadFault) {
    let rest = Bytes.slice(bytes, line)
    // "HTTP/1.1 200" is the least; servers that leave out the space before an empty reason are many and harmless.
    guard rest.count >= 12, rest[8] == 32, rest.count == 12 || rest[12] == 32 else { throw .malformed }
    version = try Self.parseVersion(Bytes.slice(rest, 0..<8))
    var status = 0
    for byte in rest[9..<12] {
      guard ByteClass.matches(byte, ByteClass.digit) else { throw .malformed }
      status = status * 10 + Int(byte - 48)
    }
    guard status >= 100 else { throw .malformed }
    let reason = min(line.lowerBound + 13, line.upperBound)..<line.upperBound
    guard ByteClass.isAll(Bytes.slice(bytes, reason), ByteClass.fieldText) else { throw .malformed }
    start = .response(status: status, reason: .init(reason))
  }

  private static func parseVersion(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> MessageHead.Version {
    if Bytes.equals(bytes, "HTTP/1.1") { return .http11 }
    if Bytes.equals(bytes, "HTTP/1.0") { return .http10 }
    guard bytes.count == 8, Bytes.equals(Bytes.slice(bytes, 0..<5), "HTTP/"), bytes[6] == UInt8(ascii: "."),
      ByteClass.matches(bytes[5], ByteClass.digit), ByteClass.matches(bytes[7], ByteClass.digit)
    else { throw .malformed }
    throw .unsupportedVersion
  }

  private static func parseField(
    _ bytes: UnsafeRawBufferPointer, _ line: Range<Int>
  ) throws(HeadFault) -> MessageHead.Field {
    let colon = line.lowerBound + ByteClass.prefix(bytes, line, ByteClass.token)
    guard colon > line.lowerBound, colon < line.upperBound, bytes[colon] == UInt8(ascii: ":") else { throw .malformed }
    let name = Bytes.slice(bytes, line.lowerBound..<colon)
    let value = Bytes.trimmed(bytes, (colon + 1)..<line.upperBound)
    guard ByteClass.isAll(Bytes.slice(bytes, value), ByteClass.fieldText) else { throw .malformed }
    let isPlain = value.lowerBound == colon + 2 && value.upperBound == line.upperBound && bytes[colon + 1] == 32
    return .init(kind: .of(name), isPlain: isPlain, name: .init(line.lowerBound..<colon), value: .init(value))
  }
}
