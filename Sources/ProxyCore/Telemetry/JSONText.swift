/// Writes small JSON documents in the order they are told. No Foundation: its encoder is not worth its size here.
struct JSONText {
  private(set) var text = ""
  private var needsComma = false

  mutating func object(_ body: (inout JSONText) -> Void) { bracketed("{", "}", body) }
  mutating func object(_ name: String, _ body: (inout JSONText) -> Void) {
    key(name)
    bracketed("{", "}", body)
  }
  mutating func array(_ name: String, _ body: (inout JSONText) -> Void) {
    key(name)
    bracketed("[", "]", body)
  }

  /// Of an array.
  mutating func element(_ value: String) {
    separate()
    quote(value)
    needsComma = true
  }

  mutating func field(_ name: String, _ value: Bool) {
    key(name)
    text += value ? "true" : "false"
    needsComma = true
  }

  mutating func field(_ name: String, _ value: String) {
    key(name)
    quote(value)
    needsComma = true
  }

  mutating func field<Number: BinaryInteger>(_ name: String, _ value: Number) {
    key(name)
    text += String(value)
    needsComma = true
  }

  /// Three decimals; a value that JSON cannot say is null.
  mutating func field(_ name: String, seconds value: Double) {
    key(name)
    text += value.isFinite && value.magnitude < 1e15 ? String((value * 1000).rounded() / 1000) : "null"
    needsComma = true
  }

  mutating func field(_ name: String, optional value: Int64?) {
    key(name)
    text += value.map { String($0) } ?? "null"
    needsComma = true
  }

  private mutating func bracketed(_ open: String, _ close: String, _ body: (inout JSONText) -> Void) {
    separate()
    text += open
    needsComma = false
    body(&self)
    text += close
    needsComma = true
  }

  private mutating func key(_ name: String) {
    separate()
    quote(name)
    text += ":"
    needsComma = false
  }

  private mutating func separate() {
    if needsComma { text += "," }
    needsComma = false
  }

  private mutating func quote(_ value: String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
