internal import NIOCore
internal import ToolSupport

/// A whole response as the one JSON document that a front without streaming takes, and the limit it must stay under.
///
/// A body is turned into base64 as it comes, unless its type says that it is text, no coding was applied, and it is valid
/// UTF-8; text goes as base64 too where only that fits. Holds at most as much as the limit allows.
struct BufferedResponse {
  private let head: LambdaResponseHead
  private let front: LambdaEvent.Front
  /// Bytes of JSON.
  let limit: Int64
  /// What is left of the limit for the body.
  private var room = 0
  private var isText: Bool
  private var check = UTF8Check()
  private var text = ByteBuffer()
  /// Bytes of `text` as JSON.
  private var escaped = 0
  private var encoded = ByteBuffer()
  /// Less than a group of three.
  private var rest: [UInt8] = []

  /// - Parameter length: of the body, where it is known: what cannot fit is refused before it is read.
  init(_ head: LambdaResponseHead, front: LambdaEvent.Front, length: Int64?) throws(ProxyCause) {
    self.head = head
    self.front = front
    limit = Self.limit(of: front)
    isText = head[.contentEncoding] == nil && Self.isText(head[.contentType] ?? "")
    let (before, after) = envelope(isBase64: !isText)
    room = Int(clamping: limit) - before.utf8.count - after.utf8.count
    guard room >= 0 else { throw .responseHeadTooLarge }
    guard let length else { return }
    guard length <= limit, isText ? length <= room : Base64.encodedLength(Int(clamping: length)) <= room else {
      throw .responseTooLarge
    }
    if !isText { encoded.reserveCapacity(Base64.encodedLength(Int(clamping: length))) }
  }

  static func limit(of front: LambdaEvent.Front) -> Int64 {
    if case .balancer = front { return LambdaSettings.balancerLimit }
    return LambdaSettings.bufferedLimit
  }

  var heldBytes: Int { text.readableBytes + encoded.readableBytes }

  /// False when the document would become too large.
  mutating func append(_ piece: ByteBuffer) -> Bool {
    if isText {
      piece.withUnsafeReadableBytes { bytes in
        check.receive(bytes)
        escaped += JSONEscaping.length(bytes)
      }
      text.writeImmutableBuffer(piece)
      if check.isValid { return escaped <= room || Base64.encodedLength(text.readableBytes) <= room }
      return becomeBase64()
    }
    guard encoded.readableBytes + Base64.encodedLength(rest.count + piece.readableBytes) <= room else { return false }
    encode(piece.readableBytesView)
    return true
  }

  /// The text is none.
  private mutating func becomeBase64() -> Bool {
    let bytes = text
    text = ByteBuffer()
    isText = false
    guard Base64.encodedLength(bytes.readableBytes) <= room else { return false }
    encode(bytes.readableBytesView)
    return true
  }

  private mutating func encode(_ bytes: ByteBufferView) {
    var bytes = bytes
    if !rest.isEmpty {
      let missing = bytes.prefix(3 - rest.count)
      rest += missing
      bytes = bytes.dropFirst(missing.count)
      guard rest.count == 3 else { return }
      rest.withUnsafeBytes { _ = encoded.writeBytes(Base64.encodeBytes($0)) }
      rest = []
    }
    let whole = bytes.count / 3 * 3
    bytes.prefix(whole).withUnsafeBytes { _ = encoded.writeBytes(Base64.encodeBytes($0)) }
    rest = Array(bytes.dropFirst(whole))
  }

  /// The document; nil when it is too large after all: half a character at the end makes base64 of what fitted as text alone.
  mutating func finish() -> ByteBuffer? {
    if isText, !check.isComplete || escaped > room, !becomeBase64() { return nil }
    rest.withUnsafeBytes { _ = encoded.writeBytes(Base64.encodeBytes($0)) }
    rest = []
    let (before, after) = envelope(isBase64: encoded.readableBytes > 0)
    var out = ByteBuffer()
    out.reserveCapacity(before.utf8.count + escaped + encoded.readableBytes + after.utf8.count)
    out.writeString(before)
    if isText { text.withUnsafeReadableBytes { JSONEscaping.write($0, to: &out) } }
    out.writeBuffer(&encoded)
    out.writeString(after)
    return out
  }

  /// What stands before the body's text and after it.
  private func envelope(isBase64: Bool) -> (before: String, after: String) {
    var text = JSONText()
    text.object { text in
      text.field("statusCode", head.status)
      switch front {
      case .functionURL, .httpAPI:
        writeFields(&text, single: head.fields)
        head.writeCookies(&text)
      case .restAPI, .httpAPIFormatOne: writeFields(&text, multi: head.fields)
      case .balancer(let isMultiValue):
        text.field("statusDescription", "\(head.status) \(description)")
        if isMultiValue { writeFields(&text, multi: head.fields) } else { writeFields(&text, single: singleFields) }
      }
      text.field("isBase64Encoded", isBase64)
      text.field("body", "")
    }
    // `…"body":""}`
    return (String(decoding: text.text.utf8.dropLast(2), as: UTF8.self), "\"}")
  }

  private var description: String {
    let known = LocalResponse.reason(head.status)
    let reason = known.isEmpty ? head.reason : known
    return reason.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? reason : ""
  }

  private func writeFields(_ text: inout JSONText, single fields: [LambdaResponseHead.Field]) {
    text.object("headers") { text in
      for field in fields { text.field(field.name, field.value) }
    }
  }

  private func writeFields(_ text: inout JSONText, multi fields: [LambdaResponseHead.Field]) {
    text.object("multiValueHeaders") { text in
      for field in fields { text.array(field.name) { text in text.element(field.value) } }
      if !head.cookies.isEmpty {
        text.array("set-cookie") { text in for cookie in head.cookies { text.element(cookie) } }
      }
    }
  }

  /// A balancer without multi-value headers takes one value a name; names differ by case, and a client reads them alike.
  private var singleFields: [LambdaResponseHead.Field] {
    head.fields
      + head.cookies.enumerated().map { index, cookie in
        LambdaResponseHead.Field(name: Self.spelling("set-cookie", index), values: [cookie])
      }
  }

  /// The name with the bits of `index` as capitals: as many names as there are bits for.
  static func spelling(_ name: String, _ index: Int) -> String {
    var bits = index
    return String(
      name.map { letter -> Character in
        guard letter.isLetter else { return letter }
        defer { bits >>= 1 }
        return bits & 1 == 1 ? Character(letter.uppercased()) : letter
      })
  }

  private static func isText(_ type: String) -> Bool {
    let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    if name.hasPrefix("text/") || name.hasSuffix("+json") || name.hasSuffix("+xml") || name.hasSuffix("+yaml") {
      return true
    }
    switch name {
    case "application/json", "application/javascript", "application/xml", "application/yaml": return true
    default: return false
    }
  }
}
