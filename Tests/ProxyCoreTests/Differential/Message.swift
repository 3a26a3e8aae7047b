import NIOCore

@testable import ProxyCore

/// Bytes that one side of a connection sends: a head, what follows it, and then the connection's end.
struct Message: Sendable, Equatable {
  enum Kind: UInt8, Sendable, CaseIterable {
    case request
    /// The response to a GET.
    case response
    /// The response to a HEAD.
    case responseToHead
  }

  var kind: Kind
  var bytes: [UInt8]

  init(_ kind: Kind, _ bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }

  init(_ kind: Kind, _ text: String) { self.init(kind, Array(text.utf8)) }

  /// Printable, with every other byte escaped.
  var text: String {
    bytes.map { byte in
      switch byte {
      case 13: "\\r"
      case 10: "\\n"
      case 92: "\\\\"
      case 32...126: String(UnicodeScalar(byte))
      default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }.joined()
  }
}

/// What an implementation makes of a message.
enum Verdict: Equatable, Sendable {
  case accepted(Meaning)
  case rejected(String)
  /// The head does not end.
  case incomplete

  var meaning: Meaning? { if case .accepted(let meaning) = self { meaning } else { nil } }
}

/// What was understood. How the body ends is seen from what was taken for its data, and from whether that was all of it.
struct Meaning: Equatable, Sendable {
  enum Body: String, Sendable {
    case whole
    /// The connection ended before the body did.
    case cut
    case faulty
  }

  struct Field: Equatable, Sendable {
    /// ASCII lower case.
    var name: [UInt8]
    var value: [UInt8]
  }

  /// Method or status.
  var first: [UInt8]
  /// Target or reason.
  var second: [UInt8]
  var version: String
  var fields: [Field]
  var body: Body
  var data: [UInt8]

  static func lower(_ bytes: some Sequence<UInt8>) -> [UInt8] { bytes.map { (65...90).contains($0) ? $0 | 32 : $0 } }

  func values(_ name: String) -> [String] {
    fields.filter { $0.name.elementsEqual(name.utf8) }.map { String(decoding: $0.value, as: UTF8.self) }
  }
}
