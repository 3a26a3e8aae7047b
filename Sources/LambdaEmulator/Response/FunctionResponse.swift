/// What a function answers: its status and header fields, from a prelude or from a buffered response.
struct FunctionResponse: Equatable, Sendable {
  var status: Int
  /// Before a load balancer alone: behind the status, as in `200 OK`. Other fronts do not know it.
  var statusDescription: String?
  /// In alphabetical order: JSON has none.
  var fields: [Field]
  var cookies: [String]

  struct Field: Equatable, Sendable {
    var name: String
    var value: String
  }

  /// Whether a status line and fields can be made of it (RFC 9110 §5.5, §5.6.2). Checked once, where it is read.
  var isSendable: Bool {
    // An interim status would leave the client waiting for another.
    (200...599).contains(status) && fields.allSatisfy { Self.isName($0.name) && Self.isValue($0.value) }
      && cookies.allSatisfy(Self.isValue) && Self.isValue(statusDescription ?? "")
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
          UInt8(ascii: "A")...UInt8(ascii: "Z"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  private static func isValue(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 9 } }
}
