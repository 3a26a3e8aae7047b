internal import NIOCore
internal import ToolSupport

/// A request's body as an event holds it.
struct EventBody: Sendable {
  var text: String
  var isBase64: Bool

  /// - Parameter asText: whether its type says that it is text. What is no UTF-8 then is base64 all the same.
  init(_ body: ByteBuffer, asText: Bool) {
    let bytes = body.readableBytesView
    if asText, let text = String(validating: bytes, as: UTF8.self) {
      self.text = text
      isBase64 = false
    } else {
      text = Base64.encode(bytes)
      isBase64 = !bytes.isEmpty
    }
  }

  /// `text/…`, JSON, JavaScript and XML, which Function URLs and load balancers hand on as they are.
  static func isText(_ type: String?) -> Bool {
    guard let type = type?.split(separator: ";").first?.trimmed.lowercased() else { return false }
    return type.hasPrefix("text/")
      || ["application/json", "application/javascript", "application/xml"].contains(type)
  }
}
