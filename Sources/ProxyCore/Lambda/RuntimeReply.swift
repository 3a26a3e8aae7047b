internal import NIOCore
internal import ToolSupport

/// One answer of the Runtime API.
struct RuntimeReply: Sendable {
  var head: MessageHead
  var status: Int
  var body: ByteBuffer
  /// The connection may be used again.
  var persists: Bool

  /// The value of a field that the Runtime API sets; nil when it is absent or empty.
  func field(_ name: String) -> String? {
    for field in head.fields where head.text(field.name).lowercased() == name {
      let value = head.text(field.value)
      return value.isEmpty ? nil : value
    }
    return nil
  }

  /// `errorType` of an answer that is an error.
  var errorType: String? {
    let text: String?? = body.withUnsafeReadableBytes { bytes in
      var scanner = JSONScanner(bytes)
      var type: String?
      try? scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
        if name == "errorType", scanner.kind() == .string { type = try scanner.string() } else { try scanner.skip() }
      }
      return type
    }
    return text ?? nil
  }
}
