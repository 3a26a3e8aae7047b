internal import NIOCore

/// A response's head as Lambda's fronts take it: status, fields of one value each, and cookies. Pure.
///
/// Made from the HTTP/1.1 head that a client of the server would have got, so that one set of rules serves both. Left out is
/// what the fronts frame themselves; the length goes on as `x-gzproxy-content-length`, since a front may take
/// `Content-Length` literally against its own framing.
struct LambdaResponseHead: Sendable, Equatable {
  struct Field: Sendable, Equatable {
    /// As it was first spelled.
    var name: String
    var values: [String]

    /// Several lines of one name mean the same as one with commas between (RFC 9110 §5.3).
    var value: String { values.joined(separator: ", ") }
  }

  static let lengthField = "x-gzproxy-content-length"

  var status: Int
  /// Empty where the upstream gave none.
  var reason: String
  private(set) var fields: [Field] = []
  private(set) var cookies: [String] = []

  /// - Parameter message: a head as `ResponseForwarding` and `LocalResponse` write it, perhaps with its body; what is left in
  ///   it is the body. Nil for anything else.
  init?(_ message: inout ByteBuffer, limits: HeadLimits) {
    var parser = HeadParser(.response, limits: limits)
    guard case .head(let head) = parser.parse(&message), case .response(let status, let reason) = head.start else {
      return nil
    }
    self.status = status
    self.reason = head.text(reason)
    for field in head.fields { add(head.text(field.name), head.text(field.value), field.kind) }
    // A front without a type chooses one itself.
    if self[.contentType] == nil, status != 204, status != 304 {
      add("content-type", "application/octet-stream", .contentType)
    }
  }

  private mutating func add(_ name: String, _ value: String, _ kind: FieldKind) {
    if kind.isHopByHop || kind == .trailer { return }
    // JSON could carry it, but no front makes a field of it.
    guard value.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == 9 }) else { return }
    // What it tells is ours to tell.
    guard kind == .contentLength || name.lowercased() != Self.lengthField else { return }
    if kind == .setCookie { return cookies.append(value) }
    let name = kind == .contentLength ? Self.lengthField : name
    let lowered = name.lowercased()
    if let index = fields.firstIndex(where: { $0.name.lowercased() == lowered }) {
      fields[index].values.append(value)
    } else {
      fields.append(Field(name: name, values: [value]))
    }
  }

  enum Known: String { case contentType = "content-type", contentEncoding = "content-encoding" }

  subscript(_ known: Known) -> String? { fields.first { $0.name.lowercased() == known.rawValue }?.value }

  /// Whether a response of this status may have a body (RFC 9110 §6.4.1).
  var mayHaveBody: Bool { status >= 200 && status != 204 && status != 205 && status != 304 }

  mutating func removeLength() { fields.removeAll { $0.name == Self.lengthField } }

  // MARK: Streaming

  /// The JSON before a body that streams. `cookies` is there even when empty: some emulators insist on it.
  var prelude: String {
    var text = JSONText()
    text.object { text in
      text.field("statusCode", status)
      text.object("headers") { text in
        for field in fields { text.field(field.name, field.value) }
      }
      writeCookies(&text)
    }
    return text.text
  }

  func writeCookies(_ text: inout JSONText) {
    text.array("cookies") { text in
      for cookie in cookies { text.element(cookie) }
    }
  }

  /// Between the prelude and the body.
  static let delimiter = ByteBuffer(repeating: 0, count: 8)
}
