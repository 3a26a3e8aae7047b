internal import NIOCore
internal import ToolSupport

/// A whole response as the one JSON document that a front without streaming takes, and the limit it must stay under.
///
/// The body is turned into base64 as it comes, unless its type says that it is text and no coding was applied; text that is
/// not valid UTF-8 becomes base64 in the end. Holds at most as much as the limit allows.
struct BufferedResponse {
  private let head: LambdaResponseHead
  private let front: LambdaEvent.Front
  /// Bytes of JSON.
  let limit: Int64
  private let isText: Bool
  private var text = ByteBuffer()
  private var encoded = ByteBuffer()
  /// Less than a group of three.
  private var rest: [UInt8] = []

  /// - Parameter length: of the body, where it is known: what cannot fit is refused before it is read.
  init(_ head: LambdaResponseHead, front: LambdaEvent.Front, length: Int64?) throws(ProxyCause) {
    self.head = head
    self.front = front
    limit = Self.limit(of: front)
    isText = head[.contentEncoding] == nil && Self.isText(head[.contentType] ?? "")
    let overhead = Int64(envelope(isBase64: true).reduce(0) { $0 + $1.utf8.count })
    guard overhead <= limit else { throw .responseHeadTooLarge }
    remaining = limit - overhead
    guard let length else { return }
    let least = isText ? length : Int64(clamping: Base64.encodedLength(Int(clamping: length)))
    guard length <= limit, least <= remaining else { throw .responseTooLarge }
    if isText { text.reserveCapacity(Int(length)) } else { encoded.reserveCapacity(Int(least)) }
  }

  private var remaining: Int64 = 0

  static func limit(of front: LambdaEvent.Front) -> Int64 {
    if case .balancer = front { return LambdaSettings.balancerLimit }
    return LambdaSettings.bufferedLimit
  }

  var heldBytes: Int { text.readableBytes + encoded.readableBytes }

  /// False when the document would become too large.
  mutating func append(_ piece: ByteBuffer) -> Bool {
    if isText {
      guard Int64(text.readableBytes + piece.readableBytes) <= remaining else { return false }
      text.writeImmutableBuffer(piece)
      return true
    }
    guard Int64(encoded.readableBytes + Base64.encodedLength(rest.count + piece.readableBytes)) <= remaining else {
      return false
    }
    encode(piece.readableBytesView)
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

  /// The document; nil when it is too large after all, since text may grow as JSON.
  mutating func finish() -> ByteBuffer? {
    if isText, let document = textDocument() { return document.map(\.self) }
    if isText {
      let bytes = text
      text = ByteBuffer()
      guard Int64(clamping: Base64.encodedLength(bytes.readableBytes)) <= remaining else { return nil }
      encode(bytes.readableBytesView)
    }
    rest.withUnsafeBytes { _ = encoded.writeBytes(Base64.encodeBytes($0)) }
    rest = []
    let parts = envelope(isBase64: encoded.readableBytes > 0)
    var out = ByteBuffer()
    out.reserveCapacity(encoded.readableBytes + parts[0].utf8.count + parts[1].utf8.count)
    out.writeString(parts[0])
    out.writeBuffer(&encoded)
    out.writeString(parts[1])
    return Int64(out.readableBytes) <= limit ? out : nil
  }

  /// Outer nil: the text is none. Inner nil: it is too large.
  private func textDocument() -> ByteBuffer?? {
    let view = text.readableBytesView
    guard let string = String(validating: view, as: UTF8.self) else { return .none }
    var quoted = JSONText()
    quoted.element(string)
    // Without its quotes, which the envelope has.
    let body = quoted.text.dropFirst().dropLast()
    let parts = envelope(isBase64: false)
    let size = Int64(parts[0].utf8.count + body.utf8.count + parts[1].utf8.count)
    guard size <= limit else { return .some(nil) }
    return .some(ByteBuffer(string: parts[0] + body + parts[1]))
  }

  /// What stands before the body's text and after it.
  private func envelope(isBase64: Bool) -> [String] {
    var text = JSONText()
    text.object { text in
      text.field("statusCode", head.status)
      switch front {
      case .functionURL, .httpAPI:
        writeFields(&text, single: head.fields)
        head.writeCookies(&text)
      case .restAPI: writeFields(&text, multi: head.fields)
      case .balancer(let isMultiValue):
        text.field("statusDescription", "\(head.status) \(description)")
        if isMultiValue { writeFields(&text, multi: head.fields) } else { writeFields(&text, single: singleFields) }
      }
      text.field("isBase64Encoded", isBase64)
      text.field("body", "")
    }
    // `…"body":""}`
    return [String(text.text.dropLast(2)), "\"}"]
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
    case "application/json", "application/javascript", "application/xml", "application/yaml",
      "application/problem+json":
      return true
    default: return false
    }
  }
}
